use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::gateway::Call;

const KEPT: usize = 10_000;

/// What was done to a call that had done nothing wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// A fault of the list that a test set.
    Fault,
    Throttled,
    Expired,
    /// Not shown yet, though it is there.
    Late,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Firing {
    seq: u64,
    time: Timestamp,
    service: String,
    operation: String,
    what: What,
    /// The fault, the error code, or what was late.
    detail: String,
}

/// What fired since the daemon started or the temper was set.
#[derive(Debug, Default)]
pub(super) struct Fired {
    inner: Mutex<(u64, VecDeque<Firing>)>,
}

impl Fired {
    pub(super) fn add(&self, call: &Call, time: Timestamp, what: What, detail: &str) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (seq, kept) = &mut *inner;
        *seq += 1;
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Firing {
            seq: *seq,
            time,
            service: call.service.clone(),
            operation: call.operation.clone(),
            what,
            detail: detail.to_owned(),
        });
    }

    pub(super) fn all(&self) -> Vec<Firing> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.1.iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = (0, VecDeque::new());
    }
}
