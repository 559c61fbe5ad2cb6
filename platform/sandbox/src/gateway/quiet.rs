use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, watch};
use tokio::time::timeout;

/// Who is at work, and whether there is anything to save: a save holds the state of a moment in which no call is half
/// way through.
#[derive(Debug)]
pub(crate) struct Quiet {
    gate: RwLock<()>,
    changes: watch::Sender<u64>,
    saves: Mutex<Saves>,
}

/// What `GET /_bella/saves` says.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Saves {
    /// True while something may have changed since the last save.
    pub(crate) unsaved: bool,
    /// Saves that were needed since the daemon started.
    pub(crate) count: u64,
    pub(crate) last: Option<Saved>,
}

/// One save.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Saved {
    pub(crate) at: Timestamp,
    /// How long calls were held up, in milliseconds.
    pub(crate) held_ms: u64,
    /// How long it took until the save was on the disk, in milliseconds.
    pub(crate) took_ms: u64,
    /// Size of the state without S3's files and image layers.
    pub(crate) bytes: u64,
}

impl Quiet {
    pub(crate) fn new() -> Self {
        Self {
            gate: RwLock::new(()),
            changes: watch::Sender::new(0),
            saves: Mutex::default(),
        }
    }

    /// Says that a call is at work, until the answer is dropped; waits while a save holds the state.
    pub(crate) async fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().await
    }

    /// Waits until no call is at work and keeps it so; `None` when one still is after `limit`, in which later calls
    /// are held up too.
    pub(crate) async fn still(&self, limit: Duration) -> Option<RwLockWriteGuard<'_, ()>> {
        timeout(limit, self.gate.write()).await.ok()
    }

    /// Notes that there may be something to save.
    pub(crate) fn changed(&self) {
        self.saves().unsaved = true;
        self.changes.send_modify(|count| *count += 1);
    }

    /// Tells of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Notes a save of what had changed until `changes` was `through`; `None` when nothing had.
    pub(crate) fn saved(&self, through: u64, saved: Option<Saved>) {
        let now = *self.changes.borrow();
        let mut saves = self.saves();
        saves.unsaved = now != through;
        if saved.is_some() {
            saves.count += 1;
            saves.last = saved;
        }
    }

    /// How it stands.
    pub(crate) fn told(&self) -> Saves {
        self.saves().clone()
    }

    fn saves(&self) -> std::sync::MutexGuard<'_, Saves> {
        self.saves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
