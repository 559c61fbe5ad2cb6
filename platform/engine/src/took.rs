//! How long steps of a kind took lately, as the ledger carries it from run to run.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How many durations of a kind's action count: the latest, so that the cloud may change its pace.
const KEPT: usize = 5;

/// The latest durations in milliseconds, by `kind action`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Took(BTreeMap<String, Vec<u64>>);

impl Took {
    /// Adds one duration; a `replaced` object was deleted.
    pub fn note(&mut self, kind: &str, action: &str, ms: u64) {
        let action = if action == "replaced" {
            "delete"
        } else {
            action
        };
        let known = self.0.entry(key(kind, action)).or_default();
        known.push(ms);
        if known.len() > KEPT {
            known.remove(0);
        }
    }

    /// The median of what is known; `None` when nothing is.
    #[must_use]
    pub fn usual(&self, kind: &str, action: &str) -> Option<Duration> {
        let mut known = self.0.get(&key(kind, action))?.clone();
        known.sort_unstable();
        known
            .get(known.len() / 2)
            .copied()
            .map(Duration::from_millis)
    }
}

fn key(kind: &str, action: &str) -> String {
    format!("{kind} {action}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Took;

    #[test]
    fn the_median_of_the_latest() {
        let mut took = Took::default();
        assert_eq!(took.usual("vpc", "create"), None);
        for ms in [9000, 9000, 9000, 10, 30, 20, 2000, 25] {
            took.note("vpc", "create", ms);
        }
        assert_eq!(took.usual("vpc", "create"), Some(Duration::from_millis(25)));
        took.note("vpc", "replaced", 7);
        assert_eq!(took.usual("vpc", "delete"), Some(Duration::from_millis(7)));
        let text = serde_json::to_string(&took).expect("JSON");
        assert_eq!(serde_json::from_str::<Took>(&text).ok(), Some(took));
    }
}
