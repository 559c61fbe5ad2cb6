//! What is on its way from one state to another.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rules::turn::Turn;
use crate::temper::Wait;

const NAME: &str = "states-that-pass";

/// By service, region and identifier.
type All = BTreeMap<String, Passing>;

/// A state that is shown until its time is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Passing {
    pub(crate) state: String,
    until: Timestamp,
    /// What is described of an object that the emulator has forgotten.
    pub(crate) gone: Option<String>,
}

/// Lets an object pass through a state.
pub(super) fn begin(turn: &Turn<'_>, id: &str, state: &str, wait: Wait, gone: Option<String>) {
    let Some(until) = turn.temper.until(wait, id) else {
        return;
    };
    let (key, now) = (key(turn, id), turn.clock.now());
    let passing = Passing {
        state: state.to_owned(),
        until,
        gone,
    };
    // Should it not be saved, the state passes at once.
    let _ = turn.store.change(NAME, |all: &mut All| {
        all.retain(|_, passing| passing.until > now);
        all.insert(key, passing);
    });
}

/// The state an object passes through now.
pub(super) fn of(turn: &Turn<'_>, id: &str) -> Option<Passing> {
    let mut all: All = turn.store.read(NAME);
    let found = all.remove(&key(turn, id))?;
    (turn.temper.takes_time() && found.until > turn.clock.now()).then_some(found)
}

/// Descriptions of the called service's objects that are being deleted.
pub(crate) fn gone(turn: &Turn<'_>, service: &str) -> Vec<String> {
    if !turn.temper.takes_time() {
        return Vec::new();
    }
    let all: All = turn.store.read(NAME);
    let (start, now) = (format!("{service}/{}/", turn.region()), turn.clock.now());
    all.into_iter()
        .filter(|(key, passing)| key.starts_with(&start) && passing.until > now)
        .filter_map(|(_, passing)| passing.gone)
        .collect()
}

fn key(turn: &Turn<'_>, id: &str) -> String {
    format!("{}/{}/{id}", turn.call.service, turn.region())
}
