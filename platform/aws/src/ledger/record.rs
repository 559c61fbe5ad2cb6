//! One run as the history shows it.

use std::collections::BTreeMap;

use bella_engine::ledger::{Actor, Entry, Event};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// One run, for the history.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RunRecord {
    /// The run.
    pub run: String,
    /// When it began, UTC.
    pub at: Timestamp,
    /// Who ran what.
    pub actor: Actor,
    /// Version of the tool.
    pub version: String,
    /// Planned changes by action.
    pub planned: BTreeMap<String, usize>,
    /// `done`, `failed`, `interrupted`, `taken over`; `None` when it never said.
    pub outcome: Option<String>,
    /// Steps done.
    pub done: usize,
    /// Steps failed.
    pub failed: usize,
    /// That somebody went over the stack's budget, and why.
    pub over_budget: Option<OverBudget>,
}

/// A budget that a person decided to go over.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OverBudget {
    /// Who, as AWS names the caller.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The estimate then, US dollars a month.
    pub estimate_usd: Decimal,
    /// By how much that was over the budget.
    pub over_usd: Decimal,
}

impl RunRecord {
    /// The run that these entries, oldest first, are of; `None` when they do not say who ran.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        let first = entries.first()?;
        let Event::Started { actor, version } = &first.event else {
            return None;
        };
        let mut record = Self {
            run: first.run.clone(),
            at: first.at,
            actor: actor.clone(),
            version: version.clone(),
            planned: BTreeMap::new(),
            outcome: None,
            done: 0,
            failed: 0,
            over_budget: None,
        };
        for entry in entries {
            match &entry.event {
                Event::Planned { summary, .. } => record.planned = summary.clone(),
                Event::Done { .. } | Event::Noted { .. } => record.done += 1,
                Event::Failed { .. } => record.failed += 1,
                Event::OverBudget {
                    by,
                    reason,
                    estimate_usd,
                    over_usd,
                } => {
                    record.over_budget = Some(OverBudget {
                        by: by.clone(),
                        reason: reason.clone(),
                        estimate_usd: *estimate_usd,
                        over_usd: *over_usd,
                    });
                }
                Event::Ended { outcome, .. } => record.outcome = Some(outcome.clone()),
                _ => {}
            }
        }
        Some(record)
    }
}
