//! What apply tells its listener.

use std::time::Duration;

use crate::address::Address;
use crate::cloud::CloudError;
use crate::ledger::LedgerError;

/// A verb of a step, for people and for the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Making an object.
    Create,
    /// Changing one.
    Update,
    /// Removing one.
    Delete,
    /// Waiting for one that an earlier run made.
    Await,
}

impl Verb {
    /// `create`, `update`, `delete`, `await`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Await => "await",
        }
    }
}

/// Something happened.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step started.
    Started {
        /// On what.
        address: Address,
        /// Doing what.
        verb: Verb,
    },
    /// A step waits: for a state, or before repeating a refused call.
    Waiting {
        /// On what.
        address: Address,
        /// For what, in the cloud's words.
        what: String,
        /// Waited so far.
        waited: Duration,
    },
    /// A step ended.
    Ended {
        /// On what.
        address: Address,
        /// Doing what.
        verb: Verb,
        /// How.
        outcome: Outcome,
        /// Time it took.
        took: Duration,
    },
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// As planned; the cloud's id.
    Done(String),
    /// Refused.
    Failed(StepError),
    /// Never started, since the step at that address failed or the run was interrupted; or dropped
    /// under way by an interruption, and only the next run can tell how far it came.
    Skipped(String),
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StepError {
    /// The cloud refused.
    #[error("{0}")]
    Cloud(CloudError),
    /// The ledger could not be written; no call was made after that.
    #[error("{0}")]
    Ledger(LedgerError),
    /// The gate let it not pass; nothing was called.
    #[error("{why}")]
    Denied {
        /// The gate's words.
        why: String,
    },
    /// The object was made and will not become ready.
    #[error("{what}")]
    NotReady {
        /// The cloud's words for its state.
        what: String,
    },
}

impl From<CloudError> for StepError {
    fn from(error: CloudError) -> Self {
        Self::Cloud(error)
    }
}

impl From<LedgerError> for StepError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}
