//! How the callers fared.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::CommandError;

/// How one caller fared.
#[derive(Debug)]
pub(super) struct Fared {
    pub(super) ending: Ending,
    /// How long each answer took.
    pub(super) answers: Vec<Duration>,
    /// Who said what; empty unless it is to be printed.
    pub(super) transcript: Vec<(&'static str, String)>,
}

/// How a call ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With an appointment.
    Booked,
    /// With the promise of one: the database was away.
    Waiting,
    /// With a person.
    Transferred,
    /// With neither.
    Ended,
    /// It was not answered as a call should be.
    Failed(String),
}

impl Ending {
    /// What the last words say.
    pub(super) fn of(heard: &str) -> Self {
        if heard.contains("is booked") {
            Self::Booked
        } else if heard.contains("is being processed") {
            Self::Waiting
        } else {
            Self::Ended
        }
    }
}

/// How all callers fared.
#[derive(Debug)]
pub(super) struct Report {
    fared: Vec<Fared>,
    took: Duration,
}

impl Report {
    pub(super) fn new(fared: Vec<Fared>, took: Duration) -> Self {
        Self { fared, took }
    }

    /// Why calls failed.
    pub(super) fn failed(&self) -> impl Iterator<Item = &str> {
        self.fared.iter().filter_map(|fared| match &fared.ending {
            Ending::Failed(why) => Some(why.as_str()),
            _ => None,
        })
    }

    fn count(&self, ending: &Ending) -> usize {
        let mut all = self.fared.iter();
        all.by_ref().filter(|fared| fared.ending == *ending).count()
    }

    fn figures(&self) -> Value {
        let mut times: Vec<_> = self
            .fared
            .iter()
            .flat_map(|fared| fared.answers.iter().copied())
            .collect();
        times.sort_unstable();
        // Nearest rank.
        let at = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1);
            times
                .get(rank - 1)
                .map(|time| round(time.as_secs_f64() * 1e3))
        };
        let seconds = self.took.as_secs_f64();
        json!({
            "calls": self.fared.len(),
            "booked": self.count(&Ending::Booked),
            "waiting": self.count(&Ending::Waiting),
            "transferred": self.count(&Ending::Transferred),
            "ended": self.count(&Ending::Ended),
            "failed": self.failed().count(),
            "answers": times.len(),
            "p50_ms": at(50),
            "p99_ms": at(99),
            "max_ms": at(100),
            "seconds": round(seconds),
            "calls_per_second": round(self.fared.len() as f64 / seconds),
        })
    }

    /// Prints the conversation, or the figures.
    pub(super) fn print(&self, as_json: bool, talk: bool) -> Result<(), CommandError> {
        let mut text = String::new();
        if as_json {
            text = format!("{}\n", self.figures());
        } else {
            for fared in self.fared.iter().filter(|_| talk) {
                for (who, words) in &fared.transcript {
                    text += &format!("{who:<7} {words}\n");
                }
                text.push('\n');
            }
            if let Value::Object(figures) = self.figures() {
                for (name, value) in figures {
                    text += &format!("{name:<17} {value}\n");
                }
            }
        }
        std::io::stdout()
            .lock()
            .write_all(text.as_bytes())
            .map_err(|err| CommandError::failed("writing to standard output", err))
    }
}

/// To two decimals.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
