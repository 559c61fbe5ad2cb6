//! A stack of which parts are deleted while it rests, as `auto_shutdown.remove` says, and made anew when it runs.
//!
//! Whether it rests is what AWS shows: no task of its service is wanted. Then a part that is not there is no difference to the stack
//! file, and whatever refers to it stays as it is. As soon as tasks are wanted, everything is.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::live::{Live, Object};
use bella_engine::resource::Phase;
use serde_json::{Map, Value};

use crate::blueprint::{Node, SERVICE, blueprint_running, built, references, settle};
use crate::stack::{Removal, Stack};

/// Kinds that hang on what they refer to: AWS deletes them with it, or they lead nowhere without it.
const HANG: [&str; 4] = ["dns_record", "listener", "listener_rule", "route"];
/// The kind whose objects are never changed in place: whoever refers to one has to follow.
const REVISIONED: &str = "task_definition";

/// A stack with parts that go while it rests.
#[derive(Clone, Debug)]
pub struct Resting {
    nodes: Vec<Node>,
    goes: BTreeSet<String>,
}

/// Whether no task of the service is wanted: before the first deployment, and while the stack rests.
#[must_use]
pub fn asleep(live: &Live) -> bool {
    let service = find(live, SERVICE).and_then(|object| object.props.as_ref());
    service.is_some_and(|service| service["desired_count"] == 0)
}

impl Resting {
    /// The stack with its service running this image; `None` where nothing of it goes.
    #[must_use]
    pub fn of(stack: &Stack, image: Option<&str>) -> Option<Self> {
        let remove = &stack.auto_shutdown.as_ref()?.remove;
        let nodes = blueprint_running(stack, image);
        let goes = goes(&built(stack), &nodes, remove);
        (!goes.is_empty()).then_some(Self { nodes, goes })
    }

    /// Addresses of what goes, with all that hangs on it.
    #[must_use]
    pub fn goes(&self) -> &BTreeSet<String> {
        &self.goes
    }

    /// Those of [`Resting::goes`] that are not there, or on their way out.
    #[must_use]
    pub fn gone(&self, live: &Live) -> BTreeSet<String> {
        let is_there =
            |address: &String| find(live, address).is_some_and(|it| it.phase != Phase::Deleting);
        let goes = self.goes.iter();
        goes.filter(|address| !is_there(address)).cloned().collect()
    }

    /// The whole stack as it is to be now: while it rests, what is gone is not wanted, and what refers to that stays as `live` shows it.
    /// What would be made with such a reference waits until the stack runs.
    ///
    /// The objects of `live` carry the stack file's addresses, also those that do not say theirs.
    #[must_use]
    pub fn nodes(&self, live: &Live) -> Vec<Node> {
        let mut gone = match asleep(live) {
            true => self.gone(live),
            false => BTreeSet::new(),
        };
        loop {
            let (kept, waiting) = self.without(&gone, live);
            match waiting.is_empty() {
                true => return kept,
                false => gone.extend(waiting),
            }
        }
    }

    /// The nodes without those that are gone, and the addresses of further ones that cannot be without them.
    fn without(&self, gone: &BTreeSet<String>, live: &Live) -> (Vec<Node>, BTreeSet<String>) {
        let (mut kept, mut waiting) = (Vec::new(), BTreeSet::new());
        let mentions = |text: &str| mentions(text, gone);
        for node in self.nodes.iter().filter(|it| !gone.contains(&it.address)) {
            if !any(&node.properties, &mentions) {
                kept.push(node.clone());
                continue;
            }
            let shown = find(live, &node.address).and_then(|it| it.props.as_ref());
            match shown.and_then(|shown| held(&node.properties, Some(shown), &mentions)) {
                Some(properties) => kept.push(Node {
                    address: node.address.clone(),
                    properties,
                }),
                None => {
                    waiting.insert(node.address.clone());
                }
            }
        }
        (kept, waiting)
    }

    /// What refers to what goes, exactly as `live` shows it: beside it, the objects at [`Resting::goes`] are what is left to delete.
    #[must_use]
    pub fn removing(&self, live: &Live) -> Vec<Node> {
        let mut nodes = Vec::new();
        for address in self.followers() {
            let shown = find(live, address).and_then(|it| it.props.as_ref());
            nodes.extend(shown.map(|shown| node(address, uncounted(address, shown.clone()))));
        }
        nodes
    }

    /// What goes, made anew, and what refers to it, which is otherwise as `live` shows it.
    ///
    /// # Errors
    /// References to what is not there: the stack file says more than was provisioned.
    pub fn restoring(&self, live: &Live) -> Result<Vec<Node>, BTreeSet<String>> {
        let outputs: BTreeMap<String, &String> = live
            .objects
            .iter()
            .filter(|object| object.props.is_some())
            .flat_map(|object| {
                let all = object.outputs.iter();
                all.map(|(name, value)| (format!("{}.{name}", object.address), value))
            })
            .collect();
        let followers = self.followers();
        let own: BTreeSet<String> = (self.goes.iter().map(String::as_str))
            .chain(followers.iter().copied())
            .map(str::to_owned)
            .collect();
        let mut lacking = BTreeSet::new();
        let mut nodes = Vec::new();
        for wanted in self.nodes.iter().filter(|it| own.contains(&it.address)) {
            let shown = find(live, &wanted.address).and_then(|it| it.props.as_ref());
            let mut properties = match shown {
                Some(shown) if !self.goes.contains(&wanted.address) => {
                    let renewed = renewed(&wanted.properties, shown, &|text| mentions(text, &own));
                    uncounted(&wanted.address, renewed)
                }
                _ => wanted.properties.clone(),
            };
            settle(&mut properties, &mut |reference| {
                if own.contains(address_of(reference)) {
                    return None;
                }
                let value = outputs.get(reference);
                if value.is_none() {
                    lacking.insert(reference.to_owned());
                }
                value.map(|value| (*value).clone())
            });
            nodes.push(node(&wanted.address, properties));
        }
        match lacking.is_empty() {
            true => Ok(nodes),
            false => Err(lacking),
        }
    }

    /// Addresses of what refers to what goes, and of what follows a new revision of that.
    fn followers(&self) -> BTreeSet<&str> {
        let of = |them: &BTreeSet<String>| -> BTreeSet<&str> {
            let all = self.nodes.iter();
            all.filter(|node| !self.goes.contains(&node.address))
                .filter(|node| any(&node.properties, &|text| mentions(text, them)))
                .map(|node| node.address.as_str())
                .collect()
        };
        let mut followers = of(&self.goes);
        let revisioned = followers
            .iter()
            .filter(|address| kind(address) == REVISIONED);
        let revisioned = revisioned.map(|address| (*address).to_owned()).collect();
        followers.extend(of(&revisioned));
        followers
    }
}

/// What goes: of the platform's own parts those that are named, and of all nodes those that hang on one.
fn goes(built: &[Node], nodes: &[Node], remove: &[Removal]) -> BTreeSet<String> {
    let kinds: BTreeSet<&str> = remove.iter().flat_map(|it| kinds(*it)).copied().collect();
    let own = built.iter().filter(|it| kinds.contains(kind(&it.address)));
    let mut goes: BTreeSet<String> = own.map(|node| node.address.clone()).collect();
    loop {
        let hanging = |node: &&Node| {
            HANG.contains(&kind(&node.address))
                && !goes.contains(&node.address)
                && any(&node.properties, &|text| mentions(text, &goes))
        };
        let more: Vec<String> = (nodes.iter().filter(hanging))
            .map(|node| node.address.clone())
            .collect();
        if more.is_empty() {
            return goes;
        }
        goes.extend(more);
    }
}

/// Kinds of the platform's own objects that a removal names.
pub(crate) const fn kinds(removal: Removal) -> &'static [&'static str] {
    match removal {
        Removal::LoadBalancer => &["load_balancer"],
        Removal::Cache => &["replication_group", "serverless_cache"],
        Removal::NatGateway => &["nat_gateway", "elastic_ip"],
    }
}

fn find<'a>(live: &'a Live, address: &str) -> Option<&'a Object> {
    let mut at = (live.objects.iter()).filter(|object| object.address.to_string() == address);
    at.find(|object| object.props.is_some())
}

fn kind(address: &str) -> &str {
    address.split('.').next().unwrap_or_default()
}

fn address_of(reference: &str) -> &str {
    reference
        .rsplit_once('.')
        .map_or(reference, |(address, _)| address)
}

fn mentions(text: &str, addresses: &BTreeSet<String>) -> bool {
    let mut all = references(text).into_iter();
    all.any(|reference| addresses.contains(address_of(reference)))
}

fn any(value: &Value, mentions: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => mentions(text),
        Value::Array(items) => items.iter().any(|item| any(item, mentions)),
        Value::Object(map) => map.values().any(|item| any(item, mentions)),
        _ => false,
    }
}

/// What is desired, with the value that is there wherever a text mentions one of those; `None` where there is none.
fn held(desired: &Value, shown: Option<&Value>, mentions: &dyn Fn(&str) -> bool) -> Option<Value> {
    if !any(desired, mentions) {
        return Some(desired.clone());
    }
    let shown = shown.filter(|shown| !shown.is_null())?;
    let Value::Object(map) = desired else {
        return Some(shown.clone());
    };
    let kept = map
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), held(value, shown.get(key), mentions)?)));
    Some(Value::Object(kept.collect()))
}

/// What is there, with the desired value wherever that mentions one of those.
fn renewed(desired: &Value, shown: &Value, mentions: &dyn Fn(&str) -> bool) -> Value {
    let Value::Object(map) = desired else {
        return desired.clone();
    };
    let mut renewed_map = shown.as_object().cloned().unwrap_or_else(Map::new);
    for (key, value) in map.iter().filter(|(_, value)| any(value, mentions)) {
        let before = shown.get(key).unwrap_or(&Value::Null);
        renewed_map.insert(key.clone(), renewed(value, before, mentions));
    }
    Value::Object(renewed_map)
}

/// How many tasks there are is left to whatever decides it.
fn uncounted(address: &str, mut properties: Value) -> Value {
    if address == SERVICE {
        properties["desired_count"] = Value::Null;
    }
    properties
}

fn node(address: &str, properties: Value) -> Node {
    Node {
        address: address.to_owned(),
        properties,
    }
}
