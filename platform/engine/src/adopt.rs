//! Bringing an object in that exists: it gets the tags that prove whose it is, and nothing else.
//!
//! What it differs in from what is wanted is left to the next plan, which shows it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::address::Address;
use crate::cloud::Cloud;
use crate::diff::FieldChange;
use crate::graph::Graph;
use crate::live::Live;
use crate::plan::{Action, Change, Origin, Plan, PlannedField, Step, Work};
use crate::planner::{ADDRESS_TAG, STACK_TAG, tag_difference, tags_of};
use crate::resource::{Catalog, Kind, Observed, Outputs, Owner, Phase, Tags, find_kind};

/// What an adoption is made from.
pub struct Request<'a, C: Cloud> {
    /// Known kinds.
    pub catalog: Catalog<C>,
    /// What the stack wants.
    pub graph: &'a Graph,
    /// What the stack has.
    pub live: &'a Live,
    /// Tags every object carries beside its address.
    pub tags: &'a Tags,
    /// The address it is to have.
    pub address: &'a Address,
    /// The id that was asked for.
    pub id: &'a str,
    /// The object, whoever owns it; `None` when there is none.
    pub object: Option<&'a Observed<Value>>,
}

/// Why an object is not brought in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum NotAdopted {
    /// The stack does not want such an object: the next plan would delete it.
    #[error("the stack declares no {address}")]
    Undeclared {
        /// Which address.
        address: Address,
    },
    /// Objects of that kind carry no tags of their own.
    #[error("a {kind} is not adopted: {why}")]
    NotByTags {
        /// Which kind.
        kind: String,
        /// How such an object is recognised instead.
        why: String,
    },
    /// The address is another object's.
    #[error("{address} is {id} already")]
    Taken {
        /// Which address.
        address: Address,
        /// The cloud's id of the object that has it.
        id: String,
    },
    /// There is no such object, or it is on its way out.
    #[error("there is no {kind} {id}")]
    Missing {
        /// Which kind.
        kind: String,
        /// The id that was asked for.
        id: String,
    },
    /// It is another stack's, or has another address in this one.
    #[error("{id} is {address} of the stack {stack}")]
    Owned {
        /// The cloud's id.
        id: String,
        /// Its stack.
        stack: String,
        /// Its address there.
        address: String,
    },
}

impl NotAdopted {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Undeclared { address } => format!(
                "declare it first, for example under `resources` in the stack file as {address}"
            ),
            Self::NotByTags { .. } => {
                "adopt what it hangs on; the next plan then shows it".to_owned()
            }
            Self::Taken { address, .. } => format!(
                "remove that one, or declare this one under another name than {}",
                address.name()
            ),
            Self::Missing { .. } => {
                "check the id and the region: ids are as `bella status` shows them for objects of the same kind".to_owned()
            }
            Self::Owned { address, .. } => format!(
                "within one stack use `moved` in the stack file; else remove its tags {STACK_TAG} and {ADDRESS_TAG}, if it is no longer {address} there"
            ),
        }
    }

    /// Whether it is refused to protect what somebody else owns.
    #[must_use]
    pub fn is_protection(&self) -> bool {
        matches!(self, Self::Owned { .. })
    }
}

/// Makes the plan that tags the object; an empty one when it carries the address already.
///
/// # Errors
/// It may not be brought in, or there is nothing to bring in.
pub fn adopt<C: Cloud>(request: &Request<'_, C>) -> Result<Plan, NotAdopted> {
    let address = request.address;
    let (Some(_), Some(kind)) = (
        request.graph.get(address),
        find_kind(request.catalog, address.kind()),
    ) else {
        return Err(NotAdopted::Undeclared {
            address: address.clone(),
        });
    };
    by_tags(kind)?;
    let missing = || NotAdopted::Missing {
        kind: kind.kind().to_owned(),
        id: request.id.to_owned(),
    };
    let object = request
        .object
        .filter(|object| object.phase != Phase::Deleting)
        .ok_or_else(missing)?;
    let props = object.props.as_ref().ok_or_else(missing)?;
    let carries = |it: &&crate::live::Object| it.claimed && it.address == *address;
    match request.live.objects.iter().find(carries) {
        Some(it) if it.id == object.id => return Ok(Plan::default()),
        Some(it) => {
            return Err(NotAdopted::Taken {
                address: address.clone(),
                id: it.id.clone(),
            });
        }
        None => {}
    }
    if let Some(stack) = object.tags.get(STACK_TAG) {
        return Err(NotAdopted::Owned {
            id: object.id.clone(),
            stack: stack.clone(),
            address: object.tags.get(ADDRESS_TAG).cloned().unwrap_or_default(),
        });
    }
    let tags = tags_of(kind, address, request.tags);
    Ok(tagged(kind, address, object, props, tags))
}

fn by_tags<C: Cloud>(kind: &dyn Kind<C>) -> Result<(), NotAdopted> {
    let why = match kind.owner() {
        Owner::Tags => return Ok(()),
        Owner::Parent(parent) => format!("it is recognised by the {parent} it hangs on"),
        Owner::Record => "a record beside it says whose it is".to_owned(),
    };
    Err(NotAdopted::NotByTags {
        kind: kind.kind().to_owned(),
        why,
    })
}

/// One step that sets tags: what is wanted is what is there.
fn tagged<C: Cloud>(
    kind: &dyn Kind<C>,
    address: &Address,
    object: &Observed<Value>,
    props: &Value,
    tags: Tags,
) -> Plan {
    let (fields, gone) = tag_difference(&tags, &object.tags);
    let field = |change: FieldChange| PlannedField {
        change,
        origin: Origin::Stack,
    };
    let change = Change {
        address: address.clone(),
        kind: kind.kind().to_owned(),
        action: Action::Adopt,
        origin: Origin::Stack,
        id: Some(object.id.clone()),
        fields: fields.into_iter().map(field).collect(),
        reason: None,
        desired: props.clone(),
        live: Value::Null,
    };
    let step = Step {
        address: address.clone(),
        kind: kind.kind().to_owned(),
        work: Work::Update {
            id: object.id.clone(),
            desired: props.clone(),
            live: props.clone(),
            retag: true,
            gone,
        },
        after: BTreeSet::new(),
        tags,
    };
    let known: BTreeMap<Address, Outputs> = [(address.clone(), object.outputs.clone())].into();
    Plan {
        changes: vec![change],
        steps: vec![step],
        known,
        unchanged: BTreeMap::new(),
    }
}
