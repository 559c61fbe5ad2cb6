//! What is said of a part.

use super::{
    series::Signal,
    week::{DAYS, Spread},
};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// What the week says of one part of a stack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Which part.
    pub part: Part,
    /// Its size in the stack file.
    pub size: String,
    /// What is advised.
    pub verdict: Verdict,
    /// Hours of the week in which it ran; the others are left out. `None` where too little is known.
    pub hours: Option<usize>,
    /// What was measured.
    pub seen: Vec<Seen>,
    /// The reason, one sentence.
    pub why: String,
    /// The keys of the stack file that change; empty where none does.
    pub changes: Vec<Change>,
    /// What could go wrong with the change.
    pub risk: Option<String>,
}

/// A part with a size of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Service,
    Database,
    Storage,
    Cache,
}

/// What is advised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Smaller,
    Larger,
    Keep,
    /// Too little data.
    Unknown,
}

/// Percentiles of one signal, in its unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    pub signal: Signal,
    /// What 1 % of the values do not pass.
    pub p1: f64,
    /// What 95 % of the values do not pass.
    pub p95: f64,
    /// What 99 % of the values do not pass.
    pub p99: f64,
}

/// A key of the stack file that gets another value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// As people write it, `service.cpu`.
    pub key: String,
    pub from: Value,
    pub to: Value,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "service",
            Self::Database => "database",
            Self::Storage => "storage",
            Self::Cache => "cache",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smaller => "smaller",
            Self::Larger => "larger",
            Self::Keep => "keep",
            Self::Unknown => "unknown",
        })
    }
}

impl Seen {
    pub(super) fn of(signal: Signal, spread: &Spread) -> Self {
        let tenth = |percent| (spread.percentile(percent) * 10.0).round() / 10.0;
        Self {
            signal,
            p1: tenth(1),
            p95: tenth(95),
            p99: tenth(99),
        }
    }
}

impl Change {
    pub(super) fn new(key: &str, from: impl Into<Value>, to: impl Into<Value>) -> Self {
        Self {
            key: key.to_owned(),
            from: from.into(),
            to: to.into(),
        }
    }
}

impl Finding {
    /// A part of which too little is known.
    pub(super) fn unknown(part: Part, size: String, why: String) -> Self {
        Self {
            part,
            size,
            verdict: Verdict::Unknown,
            hours: None,
            seen: Vec::new(),
            why,
            changes: Vec::new(),
            risk: None,
        }
    }

    /// A part that stays as it is.
    pub(super) fn keep(
        part: Part,
        size: String,
        seen: Vec<(Signal, &Spread)>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            part,
            size,
            verdict: Verdict::Keep,
            hours: seen.iter().map(|(_, spread)| spread.hours()).min(),
            seen: seen
                .iter()
                .map(|(signal, spread)| Seen::of(*signal, spread))
                .collect(),
            why: why.into(),
            changes: Vec::new(),
            risk: None,
        }
    }

    /// The same with another size.
    pub(super) fn change(mut self, verdict: Verdict, changes: Vec<Change>, risk: String) -> Self {
        self.verdict = verdict;
        self.changes = changes;
        self.risk = Some(risk);
        self
    }

    /// Hours of the week that were left out, where it is more than one.
    #[must_use]
    pub fn left_out(&self) -> Option<usize> {
        let all = usize::try_from(DAYS * 24).unwrap_or_default();
        let out = all.saturating_sub(self.hours?);
        (out > 1).then_some(out)
    }
}
