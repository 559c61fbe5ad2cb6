use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

/// How many are remembered.
const KEPT: usize = 20_000;

/// What became of one attempt to invoke a target.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fired {
    /// What the sandbox's clock showed.
    pub(super) at: Timestamp,
    /// The moment that the schedule names.
    pub(super) scheduled: Timestamp,
    /// ARN of the schedule; of the database for one that AWS starts by itself.
    pub(super) schedule: String,
    /// ARN of the target.
    pub(super) target: String,
    /// How often it was tried before.
    pub(super) retries: u32,
    pub(super) outcome: Outcome,
    /// Error code and text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// What AWS would do and the sandbox did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The target took it.
    Done,
    /// It failed and will be tried again.
    Retried,
    /// It failed for good.
    Dropped,
    /// It failed for good and lies in the dead-letter queue.
    DeadLetter,
    /// It came due while the sandbox was down, longer ago than its greatest age.
    Missed,
}

/// The attempts of this run, the latest last.
#[derive(Debug, Default)]
pub(super) struct FiredLog {
    fired: Mutex<VecDeque<Fired>>,
}

impl FiredLog {
    pub(super) fn add(&self, fired: Fired) {
        let mut all = self.fired.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == KEPT {
            all.pop_front();
        }
        all.push_back(fired);
    }

    pub(super) fn all(&self) -> Vec<Fired> {
        let all = self.fired.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().cloned().collect()
    }
}
