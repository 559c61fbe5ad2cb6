//! The lease on a stack: the right to change it, which one run has at a time.

mod bucket;
mod folder;

use std::path::PathBuf;

use bella_engine::ledger::{Actor, LedgerError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) use self::bucket::{BucketLease, Desk, Found};
pub(super) use self::folder::FolderLease;

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The run's actor.
    #[serde(flatten)]
    pub actor: Actor,
    /// Since when, UTC.
    pub since: Timestamp,
}

impl Holder {
    /// In words, for a message.
    #[must_use]
    pub fn describe(&self) -> String {
        let actor = &self.actor;
        format!(
            "{} by {} (pid {} on {}, since {})",
            actor.operation,
            actor.who,
            actor.pid,
            actor.host,
            self.since.strftime("%Y-%m-%d %H:%M:%SZ")
        )
    }
}

/// What an operator who wants to break a lease has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// No run holds it.
    Free,
    /// A run holds it.
    Held {
        /// Who, as far as is written down.
        holder: Option<Box<Holder>>,
        /// Whether it can be broken: an operating system's lock cannot, its process lives.
        breakable: bool,
    },
}

/// Why the lease was not given.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another run holds it.
    #[error("the stack is being changed by another run{}", holder.as_deref().map(|it| format!(": {}", it.describe())).unwrap_or_default())]
    Held {
        /// Who, as far as is written down.
        holder: Option<Box<Holder>>,
    },
    /// The lock file could not be used.
    #[error("locking {}: {source}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The right to change a stack; given back when dropped.
#[derive(Debug)]
pub(super) enum Lease {
    /// Cannot be lost while the process lives.
    Folder { _lock: FolderLease },
    /// Ends unless it is renewed.
    Bucket(BucketLease),
}

impl Lease {
    pub(super) fn hold(&self) -> Result<(), LedgerError> {
        match self {
            Self::Folder { .. } => Ok(()),
            Self::Bucket(lease) => lease.hold(),
        }
    }

    /// Notes that another run acts by now.
    pub(super) fn lose(&self) {
        if let Self::Bucket(lease) = self {
            lease.lose();
        }
    }
}
