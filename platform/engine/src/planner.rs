//! The planner: desired graph, live objects and last applied in, plan out. Pure.

mod origin;
mod refuse;
mod remove;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::origin::overall;
pub(crate) use self::tags::{tag_difference, tags_of, with_tags};
use crate::address::Address;
use crate::applied::Applied;
use crate::cloud::Cloud;
use crate::diff::{at, carry_over, diff, select};
use crate::graph::{Graph, Node};
use crate::live::{Live, Object};
use crate::name::{Naming, name};
use crate::order::{Wired, wire};
use crate::plan::{Action, Change, Origin, Plan, Refusal, Step, Work};
use crate::reference::{is_unresolved, resolve};
use crate::resource::{Catalog, Disposition, Kind, Outputs, Phase, Tags, find_kind};

/// The tag that names an object's stack.
pub const STACK_TAG: &str = "bella:stack";
/// The tag that names an object's address.
pub const ADDRESS_TAG: &str = "bella:address";
/// The tag that the cloud's console shows as the name of an object that has none.
pub const NAME_TAG: &str = "Name";

/// Everything a plan depends on.
pub struct Request<'a, C: Cloud> {
    /// Known kinds.
    pub catalog: Catalog<C>,
    /// What is wanted; empty for a teardown.
    pub graph: &'a Graph,
    /// What exists.
    pub live: &'a Live,
    /// What was last applied, if the ledger knows.
    pub applied: Option<&'a Applied>,
    /// Tags every object carries beside its address.
    pub tags: &'a Tags,
    /// Protected objects that may go all the same.
    pub unprotect: &'a BTreeSet<Address>,
    /// Whether data stores that go leave a last copy of what they hold.
    pub keep_copies: bool,
    /// Renames, old address to new.
    pub moved: &'a BTreeMap<Address, Address>,
}

/// Makes the plan.
///
/// # Errors
/// Everything that has to be refused, at once.
pub fn plan<C: Cloud>(request: &Request<'_, C>) -> Result<Plan, Vec<Refusal>> {
    let mut planner = Planner {
        request,
        users: request.live.users(request.catalog),
        taken: BTreeSet::new(),
        plan: Plan::default(),
        refusals: Vec::new(),
        wired: Vec::new(),
    };
    for node in request.graph.in_order() {
        planner.node(node);
    }
    planner.leftovers();
    planner.occupied();
    planner.renames();
    if !planner.refusals.is_empty() {
        return Err(planner.refusals);
    }
    let mut plan = planner.plan;
    wire(
        &mut plan.steps,
        &planner.wired,
        request.graph,
        &planner.users,
    );
    plan.changes
        .sort_by(|a, b| (&a.address, a.action).cmp(&(&b.address, b.action)));
    Ok(plan)
}

struct Planner<'a, C: Cloud> {
    request: &'a Request<'a, C>,
    users: Vec<BTreeSet<usize>>,
    taken: BTreeSet<usize>,
    plan: Plan,
    refusals: Vec<Refusal>,
    wired: Vec<Wired>,
}

/// A desired node with what is known of it.
struct Wanted<'a, C: Cloud> {
    node: &'a Node,
    kind: &'static dyn Kind<C>,
    props: Value,
    tags: Tags,
}

impl<'a, C: Cloud> Planner<'a, C> {
    fn object(&self, position: usize) -> &'a Object {
        &self.request.live.objects[position]
    }

    fn node(&mut self, node: &'a Node) {
        let Some(kind) = find_kind(self.request.catalog, node.address.kind()) else {
            return; // Graph::new refuses unknown kinds.
        };
        let known = &self.plan.known;
        let resolved = resolve(&node.properties, &|reference| {
            known
                .get(&reference.address)
                .and_then(|outputs| outputs.get(&reference.output))
                .cloned()
        });
        // Sets that hold references fold once these are known.
        let props = kind.normalize(&resolved).unwrap_or(resolved);
        let wanted = Wanted {
            tags: tags_of(kind, &node.address, self.request.tags),
            node,
            kind,
            props,
        };
        let candidates = self.candidates(&wanted);
        self.taken.extend(&candidates);
        if self.two_stores(&wanted, &candidates) {
            return;
        }
        match self.choose(&wanted, &candidates) {
            None => self.create(&wanted),
            Some(chosen) => {
                let steps = self.plan.steps.len();
                self.existing(&wanted, chosen, &candidates);
                let renewed = self.plan.steps[steps..]
                    .iter()
                    .any(|step| matches!(step.work, Work::Create { .. }));
                self.surplus(&wanted, chosen, &candidates, renewed);
            }
        }
    }

    fn candidates(&self, wanted: &Wanted<'_, C>) -> Vec<usize> {
        let address = &wanted.node.address;
        let old: Vec<&Address> = self
            .request
            .moved
            .iter()
            .filter(|(old, new)| *new == address && self.request.graph.get(old).is_none())
            .map(|(old, _)| old)
            .collect();
        let identity = select(&wanted.props, wanted.kind.immutable());
        let matches = |object: &Object| {
            if object.kind != wanted.kind.kind() || object.phase == Phase::Deleting {
                return false;
            }
            if object.claimed {
                return object.address == *address || old.contains(&&object.address);
            }
            object
                .props
                .as_ref()
                .is_some_and(|props| select(props, wanted.kind.immutable()) == identity)
        };
        (0..self.request.live.objects.len())
            .filter(|position| !self.taken.contains(position))
            .filter(|position| matches(self.object(*position)))
            .collect()
    }

    /// The one to keep: sound and with immutables as desired, most users, oldest, lowest id; of
    /// revisions the newest.
    fn choose(&self, wanted: &Wanted<'_, C>, candidates: &[usize]) -> Option<usize> {
        if let Disposition::Revisioned { .. } = wanted.kind.disposition() {
            return candidates
                .iter()
                .copied()
                .filter(|position| self.object(*position).props.is_some())
                .max_by_key(|position| {
                    let object = self.object(*position);
                    (object.created, revision(&object.id), object.id.clone())
                });
        }
        candidates.iter().copied().min_by_key(|position| {
            let object = self.object(*position);
            let failed = matches!(object.phase, Phase::Failed(_));
            (
                failed || !self.fits(wanted, *position),
                failed,
                std::cmp::Reverse(self.users[*position].len()),
                object.created,
                object.id.clone(),
            )
        })
    }

    /// Whether the object can become what is wanted without being replaced.
    fn fits(&self, wanted: &Wanted<'_, C>, position: usize) -> bool {
        self.object(position).props.as_ref().is_some_and(|live| {
            let fields = diff(&wanted.props, live, wanted.kind.immutable());
            !fields.iter().any(|field| field.forces_replacement)
        })
    }

    fn create(&mut self, wanted: &Wanted<'_, C>) {
        let origin = self.origin_of_create(wanted);
        let change = self.change(wanted, Action::Create, origin, None);
        self.plan.changes.push(change);
        self.make(wanted, wanted.node.properties.clone(), &[], None);
    }

    /// Adds the step that makes a new object and what can be known of it beforehand.
    fn make(
        &mut self,
        wanted: &Wanted<'_, C>,
        desired: Value,
        candidates: &[usize],
        live: Option<usize>,
    ) {
        let mut outputs = echoes(wanted.kind.outputs(), &wanted.props);
        outputs.extend(self.path_name(wanted));
        self.plan.known.insert(wanted.node.address.clone(), outputs);
        let besides = candidates
            .iter()
            .map(|position| self.object(*position).id.clone())
            .collect();
        self.step(
            wanted,
            Work::Create { desired, besides },
            Wired::Make { live },
        );
    }

    /// The output `name` of a kind named by path: such a name holds nothing of the properties.
    fn path_name(&self, wanted: &Wanted<'_, C>) -> Option<(String, String)> {
        let stack = self.request.tags.get(STACK_TAG)?;
        let naming @ Naming::Path { .. } = wanted.kind.naming() else {
            return None;
        };
        let address = &wanted.node.address;
        let named = wanted.kind.outputs().contains(&"name");
        named.then(|| {
            let name = name(naming, stack, "", address, &Value::Null);
            ("name".to_owned(), name)
        })
    }

    fn step(&mut self, wanted: &Wanted<'_, C>, work: Work, wired: Wired) {
        self.plan.steps.push(Step {
            address: wanted.node.address.clone(),
            kind: wanted.kind.kind().to_owned(),
            work,
            after: BTreeSet::new(),
            tags: wanted.tags.clone(),
        });
        self.wired.push(wired);
    }

    fn existing(&mut self, wanted: &Wanted<'_, C>, chosen: usize, candidates: &[usize]) {
        let object = self.object(chosen);
        let Some(live) = object.props.as_ref() else {
            return; // choose() only answers objects whose properties were read.
        };
        let mut fields = diff(&wanted.props, live, wanted.kind.immutable());
        let revisioned = matches!(wanted.kind.disposition(), Disposition::Revisioned { .. });
        let failed = match &object.phase {
            Phase::Failed(why) => Some(format!("it is in a failed state: {why}")),
            _ => None,
        };
        let replace = failed.is_some() || fields.iter().any(|field| field.forces_replacement);
        let retag = self.tag_changes(wanted, object, &mut fields);
        if fields.is_empty() && failed.is_none() {
            return self.unchanged(wanted, chosen);
        }
        let moved = object.claimed && object.address != wanted.node.address;
        let fields = self.attribute(wanted, object, fields);
        let origin = match (&failed, self.request.applied) {
            (Some(_), Some(_)) if fields.is_empty() => Origin::Drift,
            _ => overall(&fields),
        };
        if replace || (revisioned && fields.iter().any(|f| !f.change.path.starts_with("tags."))) {
            if replace && !self.may_replace(wanted, object, &fields) {
                return;
            }
            let action = if revisioned {
                Action::Update
            } else {
                Action::Replace
            };
            let mut change = self.change(wanted, action, origin, Some(object));
            change.fields = fields;
            change.reason = failed;
            self.plan.changes.push(change);
            let desired = carry_over(&wanted.node.properties, live);
            self.make(wanted, desired, candidates, Some(chosen));
            if !revisioned {
                self.delete_step(chosen, true);
            }
            return;
        }
        let action = if moved { Action::Move } else { Action::Update };
        let mut change = self.change(wanted, action, origin, Some(object));
        change.fields = fields;
        self.plan.changes.push(change);
        // What echoes a property follows it; every other output stays in an update.
        let mut outputs = object.outputs.clone();
        outputs.retain(|output, _| at(&wanted.props, output).is_null());
        outputs.extend(echoes(wanted.kind.outputs(), &wanted.props));
        self.plan.known.insert(wanted.node.address.clone(), outputs);
        let work = Work::Update {
            id: object.id.clone(),
            desired: wanted.node.properties.clone(),
            live: live.clone(),
            retag: retag.is_some(),
            gone: retag.unwrap_or_default(),
        };
        self.step(wanted, work, Wired::Make { live: Some(chosen) });
    }

    fn unchanged(&mut self, wanted: &Wanted<'_, C>, chosen: usize) {
        let object = self.object(chosen);
        let address = wanted.node.address.clone();
        let noted = with_tags(&wanted.node.properties, &wanted.tags);
        self.plan.unchanged.insert(address.clone(), noted);
        self.plan.known.insert(address, object.outputs.clone());
        if matches!(object.phase, Phase::Pending(_)) {
            let work = Work::Await {
                id: object.id.clone(),
            };
            self.step(wanted, work, Wired::Make { live: Some(chosen) });
        }
    }

    fn change(
        &self,
        wanted: &Wanted<'_, C>,
        action: Action,
        origin: Origin,
        object: Option<&Object>,
    ) -> Change {
        Change {
            address: wanted.node.address.clone(),
            kind: wanted.kind.kind().to_owned(),
            action,
            origin,
            id: object.map(|object| object.id.clone()),
            fields: Vec::new(),
            reason: None,
            desired: wanted.props.clone(),
            live: Value::Null,
        }
    }
}

/// Outputs that repeat a property whose value is known.
pub(crate) fn echoes(outputs: &[&str], props: &Value) -> Outputs {
    let echo = |output: &&str| {
        let value = props.get(*output)?.as_str()?;
        (!is_unresolved(&json!(value))).then(|| ((*output).to_owned(), value.to_owned()))
    };
    outputs.iter().filter_map(echo).collect()
}

/// The number at the end of an id such as `family:12`, for ordering revisions.
fn revision(id: &str) -> u64 {
    id.rsplit(':')
        .next()
        .and_then(|last| last.parse().ok())
        .unwrap_or(0)
}
