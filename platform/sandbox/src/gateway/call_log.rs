use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::classify::Call;
use crate::error::SandboxError;

/// How many calls stay in memory; the file has them all.
const KEPT: usize = 100_000;

/// One AWS call and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    /// Counts from 1 in this run of the daemon.
    pub(crate) seq: u64,
    pub(crate) time: Timestamp,
    pub(crate) service: String,
    pub(crate) operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_key: Option<String>,
    /// HTTP status; absent when the connection was cut without an answer.
    pub(crate) status: Option<u16>,
    pub(crate) ms: u64,
    /// AWS error code of an answer that is not a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// The fault that a test injected into this call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<&'static str>,
    /// Rules that took part, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<&'static str>,
}

/// What is known when a call has ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) status: Option<u16>,
    pub(crate) ms: u64,
    pub(crate) error: Option<String>,
    pub(crate) fault: Option<&'static str>,
    pub(crate) rules: Vec<&'static str>,
}

/// The calls of this run of the daemon: the last ones in memory, all of them in a JSON Lines file.
#[derive(Debug)]
pub(crate) struct CallLog {
    inner: Mutex<Inner>,
    open: AtomicUsize,
}

/// A call under way; it ends when dropped, also with a caller that is gone.
pub(crate) struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Debug)]
struct Inner {
    last: u64,
    ring: VecDeque<Entry>,
    file: File,
}

impl CallLog {
    /// Starts a new log in place of the last run's.
    pub(crate) fn start(path: PathBuf) -> Result<Self, SandboxError> {
        let file = File::create(&path).map_err(SandboxError::file("create", &path))?;
        Ok(Self {
            inner: Mutex::new(Inner {
                last: 0,
                ring: VecDeque::new(),
                file,
            }),
            open: AtomicUsize::new(0),
        })
    }

    /// Counts a call as under way.
    pub(crate) fn begin(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        Open(&self.open)
    }

    /// How many calls are under way.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    pub(crate) fn add(&self, call: &Call, outcome: Outcome) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.last += 1;
        let entry = Entry {
            seq: inner.last,
            time: Timestamp::now(),
            service: call.service.clone(),
            operation: call.operation.clone(),
            region: call.region.clone(),
            access_key: call.access_key.clone(),
            status: outcome.status,
            ms: outcome.ms,
            error: outcome.error,
            fault: outcome.fault,
            rules: outcome.rules,
        };
        if let Ok(mut line) = serde_json::to_vec(&entry) {
            line.push(b'\n');
            // A full disk must not stop the sandbox; the ring still has the call.
            let _ = inner.file.write_all(&line);
        }
        if inner.ring.len() == KEPT {
            inner.ring.pop_front();
        }
        inner.ring.push_back(entry);
    }

    /// Calls after number `since`, and the number to ask with next time.
    pub(crate) fn since(&self, since: u64) -> (u64, Vec<Entry>) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = inner
            .ring
            .iter()
            .filter(|entry| entry.seq > since)
            .cloned()
            .collect();
        (inner.last, calls)
    }
}
