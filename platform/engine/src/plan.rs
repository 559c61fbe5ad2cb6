//! The plan: pure data that leaves no choice to apply.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::Address;
use crate::diff::FieldChange;
use crate::resource::{Outputs, Tags};

/// What happens to an address, in the words of the plan's reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A new object.
    Create,
    /// A change in place (or a new revision).
    Update,
    /// A new object, users move, the old one is deleted.
    Replace,
    /// Removal.
    Delete,
    /// An object of another address becomes this one by its tags.
    Move,
    /// An object that nobody owns becomes this one by its tags.
    Adopt,
}

/// Who moved: the stack file or the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The stack file asks for something else than what was last applied.
    Stack,
    /// The cloud no longer is what was last applied.
    Drift,
    /// The ledger does not say what was last applied.
    Unknown,
}

/// One line of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Which object.
    pub address: Address,
    /// Its kind.
    pub kind: String,
    /// What happens.
    pub action: Action,
    /// Why: who moved.
    pub origin: Origin,
    /// The cloud's id of the existing object.
    pub id: Option<String>,
    /// Fields that differ, with who moved each.
    pub fields: Vec<PlannedField>,
    /// In words, where the fields do not say it: a duplicate, a failed object, an old revision.
    pub reason: Option<String>,
    /// Desired properties, references resolved as far as known; null for a delete.
    pub desired: Value,
    /// What is there, where nothing declares it: the only place that says what somebody added.
    pub live: Value,
}

/// A differing field and who moved it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedField {
    /// The difference.
    #[serde(flatten)]
    pub change: FieldChange,
    /// Who moved.
    pub origin: Origin,
}

/// The work of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
pub enum Work {
    /// Make an object (or register a revision).
    Create {
        /// Properties with references; unmanaged fields carried over from the one it replaces.
        desired: Value,
        /// Ids of objects that carried the address when the plan was made: none of them is the
        /// result of this step.
        besides: Vec<String>,
    },
    /// Change an object in place.
    Update {
        /// The cloud's id.
        id: String,
        /// Properties with references.
        desired: Value,
        /// Properties now.
        live: Value,
        /// Whether tags have to be set.
        retag: bool,
        /// Tag keys to remove.
        gone: Vec<String>,
    },
    /// Wait until an object that an earlier run made is ready; changes nothing.
    Await {
        /// The cloud's id.
        id: String,
    },
    /// Remove an object.
    Delete {
        /// The cloud's id.
        id: String,
        /// Whether the address lives on in another object.
        replaced: bool,
        /// Whether a data store leaves a last copy of what it holds.
        keep_copy: bool,
    },
}

/// One unit of apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which object.
    pub address: Address,
    /// Its kind.
    pub kind: String,
    /// What to do.
    pub work: Work,
    /// Positions of the steps that have to be done before.
    pub after: BTreeSet<usize>,
    /// Tags the object carries afterwards; empty for deletes and children.
    pub tags: Tags,
}

/// The difference between desired and live, and the order in which to remove it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Lines, ordered by address.
    pub changes: Vec<Change>,
    /// Steps; `after` refers to positions in this list.
    pub steps: Vec<Step>,
    /// Outputs of objects that exist and stay.
    pub known: BTreeMap<Address, Outputs>,
    /// What the objects without a step were found to be: the ledger notes them as applied.
    pub unchanged: BTreeMap<Address, Value>,
}

impl Plan {
    /// Whether nothing differs. There may still be something to wait for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes have that action.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum Refusal {
    /// The object holds data, or the cloud protects it.
    #[error("{address} ({id}) would be {verb}, and {why}")]
    Protected {
        /// Which object.
        address: Address,
        /// The cloud's id.
        id: String,
        /// `deleted` or `replaced`.
        verb: &'static str,
        /// What protects it.
        why: String,
        /// A new object of the same kind, which may be this one under another name.
        renamed: Option<Address>,
    },
    /// A replacement cannot stand beside what it replaces.
    #[error(
        "{address} ({id}) would have to be replaced because of {fields}, but two of them cannot have the same {exclusive}"
    )]
    CannotCoexist {
        /// Which object.
        address: Address,
        /// The cloud's id.
        id: String,
        /// The fields that force the replacement.
        fields: String,
        /// The fields that two may not share.
        exclusive: String,
    },
    /// What is to be made cannot stand beside an object that goes only after it.
    #[error("{address} cannot be made while {by} ({id}) has the same {exclusive}")]
    Occupied {
        /// Which object is to be made.
        address: Address,
        /// Which one is in its place.
        by: Address,
        /// The cloud's id of that.
        id: String,
        /// The fields that two may not share.
        exclusive: String,
    },
    /// Two data stores carry one address; choosing would lose one.
    #[error("{address} is carried by {ids}, which hold data; nothing is chosen")]
    TwoStores {
        /// Which address.
        address: Address,
        /// The cloud's ids.
        ids: String,
    },
}

impl Refusal {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Protected {
                address,
                renamed: Some(new),
                ..
            } => format!(
                "if it only has a new name, add `{address}: {new}` to `moved` in the stack file; if it is meant to go, repeat the command with --unprotect {address}"
            ),
            Self::Protected { address, .. } => {
                format!("if this is meant, repeat the command with --unprotect {address}")
            }
            Self::CannotCoexist {
                address, exclusive, ..
            } if exclusive == "name" => format!(
                "declare it under another name than {}: the new one is made, users move, the old one goes",
                address.name()
            ),
            Self::CannotCoexist {
                address, exclusive, ..
            } => format!(
                "give the new object another {exclusive}, or another name than {} and remove the old one in a run of its own",
                address.name()
            ),
            Self::Occupied { address, by, .. } if address != by => format!(
                "if {by} only has a new name, add `{by}: {address}` to `moved` in the stack file; otherwise remove {by} in a run of its own"
            ),
            Self::Occupied { by, .. } => {
                format!("remove {by} from the stack file, run, and declare it anew")
            }
            Self::TwoStores { .. } => {
                "remove the bella:address tag from the one that is not wanted".to_owned()
            }
        }
    }

    /// Whether protection refused it, rather than impossibility.
    #[must_use]
    pub fn is_protection(&self) -> bool {
        matches!(self, Self::Protected { .. } | Self::TwoStores { .. })
    }
}
