//! What becomes of recordings, in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::transcribe::Transcript;

/// What becomes of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It is being fetched or transcribed.
    Working,
    /// This was said.
    Said(Transcript),
    /// It could not be fetched or transcribed.
    Failed,
}

/// Nobody asks for a recording longer than this: a step gives up after ten seconds, and Twilio repeats a webhook within fifteen.
const KEPT: Duration = Duration::from_secs(60);

/// Recordings by name, for a minute each.
#[derive(Default)]
pub(super) struct Jobs(Mutex<HashMap<String, Job>>);

struct Job {
    since: Instant,
    state: watch::Sender<State>,
}

impl Jobs {
    /// Takes a recording on; nothing when that was done before.
    pub(super) fn take(&self, recording: &str) -> Option<watch::Sender<State>> {
        let mut jobs = self.jobs();
        let now = Instant::now();
        jobs.retain(|_, job| now.duration_since(job.since) < KEPT);
        if jobs.contains_key(recording) {
            return None;
        }
        let (state, _) = watch::channel(State::Working);
        let job = Job {
            since: now,
            state: state.clone(),
        };
        jobs.insert(recording.to_owned(), job);
        Some(state)
    }

    /// Watches a recording that was taken on here.
    pub(super) fn watch(&self, recording: &str) -> Option<watch::Receiver<State>> {
        let jobs = self.jobs();
        jobs.get(recording).map(|job| job.state.subscribe())
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<String, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
