//! The ledger: append-only events of runs, and the right to act.
//!
//! It carries history, the hint that bridges eventual consistency after a crash, and the lease.
//! Delete it and nothing is lost but history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::Address;
use crate::cloud::CloudError;
use crate::resource::Pending;
use crate::took::Took;

/// One event with its place in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The run, sortable by time.
    pub run: String,
    /// Position in the run, from 0.
    pub seq: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// Who runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The caller's identity as the cloud names it, or the local user.
    pub who: String,
    /// Process id.
    pub pid: u32,
    /// Host name.
    pub host: String,
    /// `provision`, `teardown` …
    pub operation: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A run began.
    Started {
        /// Who runs what.
        actor: Actor,
        /// Version of the tool.
        version: String,
    },
    /// A person goes over the stack's budget.
    OverBudget {
        /// Who, as the cloud names the caller.
        by: String,
        /// Why, in that person's words.
        reason: String,
        /// The estimate, US dollars a month.
        estimate_usd: Decimal,
        /// By how much it is over the budget, US dollars a month.
        over_usd: Decimal,
    },
    /// The plan that is about to be carried out.
    Planned {
        /// Counts by action.
        summary: BTreeMap<String, usize>,
        /// Digest of the desired graph.
        graph: String,
        /// Objects found as desired, as (address, properties).
        unchanged: BTreeMap<Address, Value>,
        /// How long steps took before this run.
        #[serde(default)]
        took: Took,
    },
    /// A changing call is about to be made.
    Intent {
        /// On what.
        address: Address,
        /// `create`, `update`, `delete`.
        action: String,
        /// The cloud's id, for an existing object.
        id: Option<String>,
        /// The generated name, for a new one.
        name: String,
    },
    /// A step ended well.
    Done {
        /// On what.
        address: Address,
        /// `create`, `update`, `delete`, or `replaced` for the old half of a replacement.
        action: String,
        /// The cloud's id.
        id: String,
        /// What was applied, references unresolved, tags under `tags`; null for deletes.
        properties: Value,
        /// Duration, milliseconds.
        ms: u64,
    },
    /// A step failed.
    Failed {
        /// On what.
        address: Address,
        /// `create`, `update`, `delete`.
        action: String,
        /// The cloud's words.
        error: CloudError,
        /// Whether the work may have been done all the same.
        ambiguous: bool,
    },
    /// Something was written that is no property of an object: a new version of a secret. What it
    /// holds is not told.
    Noted {
        /// On what.
        address: Address,
        /// `secret set`.
        action: String,
        /// The version's id.
        id: String,
    },
    /// A run ended.
    Ended {
        /// `done`, `failed`, `interrupted`.
        outcome: String,
        /// Steps done.
        done: usize,
        /// Steps failed.
        failed: usize,
        /// Steps skipped.
        skipped: usize,
    },
}

/// Why an event was not written.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum LedgerError {
    /// Storage failed.
    #[error("writing the ledger at {place}: {why}")]
    Write {
        /// Where the ledger is.
        place: String,
        /// What storage said.
        why: String,
    },
    /// Another run took over.
    #[error("the lease on this stack was lost to another run")]
    LeaseLost,
}

/// Where a run writes its events; holding one is holding the right to act.
pub trait Ledger: Send + Sync {
    /// Appends an event; on return it is stored.
    fn append(&self, event: Event) -> Pending<'_, Result<(), LedgerError>>;

    /// Whether this run still has the right to make a changing call.
    ///
    /// # Errors
    /// The lease is lost.
    fn hold(&self) -> Result<(), LedgerError>;
}
