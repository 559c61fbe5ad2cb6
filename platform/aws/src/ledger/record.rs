//! One run as the history shows it.

use std::collections::BTreeMap;

use bella_engine::ledger::{Actor, Entry, Event};
use jiff::Timestamp;

/// One run, for the history.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RunRecord {
    /// The run.
    pub run: String,
    /// When it began, UTC.
    pub at: Timestamp,
    /// Who ran what.
    pub actor: Actor,
    /// Planned changes by action.
    pub planned: BTreeMap<String, usize>,
    /// `done`, `failed`, `interrupted`, `taken over`; `None` when it never said.
    pub outcome: Option<String>,
    /// Steps done.
    pub done: usize,
    /// Steps failed.
    pub failed: usize,
}

impl RunRecord {
    /// The run that these entries, oldest first, are of; `None` when they do not say who ran.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        let first = entries.first()?;
        let Event::Started { actor, .. } = &first.event else {
            return None;
        };
        let mut record = Self {
            run: first.run.clone(),
            at: first.at,
            actor: actor.clone(),
            planned: BTreeMap::new(),
            outcome: None,
            done: 0,
            failed: 0,
        };
        for entry in entries {
            match &entry.event {
                Event::Planned { summary, .. } => record.planned = summary.clone(),
                Event::Done { .. } => record.done += 1,
                Event::Failed { .. } => record.failed += 1,
                Event::Ended { outcome, .. } => record.outcome = Some(outcome.clone()),
                _ => {}
            }
        }
        Some(record)
    }
}
