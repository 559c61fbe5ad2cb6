//! What exists: one listing per kind, all kinds at once, and which objects use which.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;

use crate::address::Address;
use crate::applied::Applied;
use crate::cloud::{Cloud, CloudError};
use crate::graph::Graph;
use crate::resource::{Catalog, Kind, Observed, Outputs, Owner, Phase, Scope, Tags, find_kind};
use crate::retry::{Backoff, Clock};

/// A call made longer ago than this has shown its work in every listing, however long it was
/// repeated.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(60 * 60);
/// How far our clock and the cloud's may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// One object that the listing saw.
#[derive(Clone, Debug)]
pub struct Object {
    /// Kind name.
    pub kind: String,
    /// From its tag; for a child that carries none, see [`Address::unclaimed`].
    pub address: Address,
    /// Whether the object itself says its address.
    pub claimed: bool,
    /// The cloud's id.
    pub id: String,
    /// Properties; `None` for an older revision.
    pub props: Option<Value>,
    /// Outputs.
    pub outputs: Outputs,
    /// Tags.
    pub tags: Tags,
    /// State.
    pub phase: Phase,
    /// Creation time by the cloud's clock.
    pub created: Option<Timestamp>,
    /// Why the cloud would refuse to delete it.
    pub protected: Option<String>,
}

/// A kind whose listing failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("listing {kind}: {source}")]
pub struct LookError {
    /// Kind name.
    pub kind: String,
    /// The cloud's answer.
    pub source: CloudError,
}

/// All objects of a stack; a multimap, since two objects can carry one address.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The objects, ordered by address and id.
    pub objects: Vec<Object>,
}

impl Live {
    /// Lists every kind at once, sharing reads through one look.
    ///
    /// # Errors
    /// Every kind that could not be listed: a plan over half a listing would be wrong.
    pub async fn look<C: Cloud>(
        catalog: Catalog<C>,
        cloud: &C,
        stack: &str,
    ) -> Result<Self, Vec<LookError>> {
        let look = cloud.look(&Scope {
            stack: stack.to_owned(),
            focus: None,
        });
        let listings = join_all(catalog.iter().map(|kind| kind.list(&look))).await;
        let mut objects = Vec::new();
        let mut errors = Vec::new();
        for (kind, listing) in catalog.iter().zip(listings) {
            match listing {
                Ok(found) => {
                    objects.extend(found.into_iter().map(|seen| object(kind.kind(), seen)))
                }
                Err(source) => errors.push(LookError {
                    kind: kind.kind().to_owned(),
                    source,
                }),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        objects.sort_by(|a, b| (&a.address, &a.id).cmp(&(&b.address, &b.id)));
        Ok(Self { objects })
    }

    /// Lists as [`Live::look`] does; where a run made something within `lag`, again and again until
    /// it is shown, as apply does not look at what is usable at once; and after a run that was cut
    /// off for up to `lag`, until the listing shows what that run may have made and no longer what
    /// it may have removed. What `graph` wants and nothing carries yet is left to apply, which looks for it before it makes
    /// it; what it does not want and is listed is left to the delete.
    ///
    /// # Errors
    /// As [`Live::look`].
    pub async fn look_settled<C: Cloud>(
        catalog: Catalog<C>,
        cloud: &C,
        stack: &str,
        graph: &Graph,
        applied: Option<&Applied>,
        clock: &dyn Clock,
        lag: Duration,
    ) -> Result<Self, Vec<LookError>> {
        let mut backoff = Backoff::polling();
        loop {
            let live = Self::look(catalog, cloud, stack).await?;
            let since = clock.now() - LONGEST_CALL;
            let settled = applied.is_none_or(|applied| {
                live.shows_what_is_new(applied, clock.now() - lag)
                    && live.shows_what_was_made(catalog, graph, applied, since)
                    && live.hides_what_was_removed(graph, applied, since)
            });
            match backoff.within(lag, clock.chance()) {
                Some(wait) if !settled => clock.sleep(wait).await,
                _ => return Ok(live),
            }
        }
    }

    /// Whether it has everything that was reported made after `since`.
    fn shows_what_is_new(&self, applied: &Applied, since: Timestamp) -> bool {
        let listed = |id: &String| self.objects.iter().any(|object| object.id == *id);
        let recent = applied.standing.iter().filter(|(_, at)| **at > since);
        recent.map(|(id, _)| id).all(listed)
    }

    fn shows_what_was_made<C: Cloud>(
        &self,
        catalog: Catalog<C>,
        graph: &Graph,
        applied: &Applied,
        since: Timestamp,
    ) -> bool {
        let is_new = |object: &Object, at: Timestamp| {
            let young = object
                .created
                .is_none_or(|created| created + CLOCK_SKEW >= at);
            young && !applied.made.contains(&object.id)
        };
        let recent: BTreeMap<&Address, Timestamp> = applied
            .unfinished
            .iter()
            .filter(|(_, at)| **at > since)
            .map(|(address, at)| (address, *at))
            .collect();
        recent.iter().all(|(address, at)| {
            let kind = find_kind(catalog, address.kind());
            let is_child = kind.is_some_and(|kind| matches!(kind.owner(), Owner::Parent(_)));
            let carries = |object: &&Object| match is_child {
                true => object.kind == address.kind(),
                false => object.address == **address,
            };
            if !self.objects.iter().any(|object| carries(&object)) {
                return graph.get(address).is_some();
            }
            // A child does not say which of several it is.
            let sought = match is_child {
                true => recent
                    .keys()
                    .filter(|other| other.kind() == address.kind())
                    .count(),
                false => 1,
            };
            let there = self.objects.iter().filter(carries);
            there.filter(|object| is_new(object, *at)).count() >= sought
        })
    }

    fn hides_what_was_removed(&self, graph: &Graph, applied: &Applied, since: Timestamp) -> bool {
        let is_wanted = |object: &Object| match object.claimed {
            true => graph.get(&object.address).is_some(),
            false => graph
                .in_order()
                .any(|node| node.address.kind() == object.kind),
        };
        !self.objects.iter().any(|object| {
            applied
                .leaving
                .get(&object.id)
                .is_some_and(|at| *at > since)
                && object.phase != Phase::Deleting
                && is_wanted(object)
        })
    }

    /// For each object, the positions of the objects that use it: those with a property that
    /// holds its id or one of its own outputs. One that holds an output which only repeats a
    /// property uses it too, as a service uses the route of its subnets, unless both are of one
    /// kind: the rules of a group all repeat the group's id and do not use each other.
    #[must_use]
    pub fn users<C: Cloud>(&self, catalog: Catalog<C>) -> Vec<BTreeSet<usize>> {
        let texts: Vec<Vec<&str>> = self
            .objects
            .iter()
            .map(|object| object.props.as_ref().map(strings).unwrap_or_default())
            .collect();
        self.objects
            .iter()
            .enumerate()
            .map(|(used, object)| {
                let kind = catalog.iter().find(|kind| kind.kind() == object.kind);
                let (own, echoes) = handles(object, kind.copied());
                let holds = |user: usize, handles: &[&str]| {
                    texts[user].iter().any(|text| mentions(text, handles))
                };
                (0..self.objects.len())
                    .filter(|user| *user != used)
                    .filter(|user| {
                        let related = self.objects[*user].kind != object.kind;
                        holds(*user, &own) || (related && holds(*user, &echoes))
                    })
                    .collect()
            })
            .collect()
    }
}

/// The outputs of a kind that repeat one of its own properties.
pub(crate) fn is_echo(props: Option<&Value>, output: &str) -> bool {
    props.is_some_and(|props| props.get(output).is_some())
}

/// What users of an object hold: its id and own outputs, and the outputs that repeat a property.
fn handles<'a, C: Cloud>(
    object: &'a Object,
    kind: Option<&dyn Kind<C>>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let outputs = kind.map(Kind::outputs).unwrap_or_default();
    let (echoes, mut own): (Vec<_>, Vec<_>) = object
        .outputs
        .iter()
        .filter(|(name, value)| outputs.contains(&name.as_str()) && !value.is_empty())
        .partition(|(name, _)| is_echo(object.props.as_ref(), name));
    let id = (&object.id, &object.id);
    own.extend((!object.id.is_empty()).then_some(id));
    let values = |pairs: Vec<(&'a String, &'a String)>| {
        pairs.into_iter().map(|(_, value)| value.as_str()).collect()
    };
    (values(own), values(echoes))
}

fn mentions(text: &str, handles: &[&str]) -> bool {
    handles
        .iter()
        .any(|handle| text == *handle || (handle.starts_with("arn:") && text.contains(handle)))
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn object(kind: &str, seen: Observed<Value>) -> Object {
    Object {
        kind: kind.to_owned(),
        claimed: seen.address.is_some(),
        address: seen
            .address
            .unwrap_or_else(|| Address::unclaimed(kind, &seen.id)),
        id: seen.id,
        props: seen.props,
        outputs: seen.outputs,
        tags: seen.tags,
        phase: seen.phase,
        created: seen.created,
        protected: seen.protected,
    }
}
