//! Answers that a test put in line, by operation.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::rules::store::Store;

/// Document of the store.
const DOCUMENT: &str = "cost-explorer-answers";

/// What a body of injected answers calls them, and the operation that gives them.
pub(super) const KINDS: [(&str, &str); 4] = [
    ("results", "GetCostAndUsage"),
    ("forecasts", "GetCostForecast"),
    ("dimensions", "GetDimensionValues"),
    ("tags", "GetTags"),
];

type Queues = BTreeMap<String, VecDeque<Value>>;

/// The next answer in line for an operation, which leaves the line.
pub(super) fn next(store: &Store, operation: &str) -> Option<Value> {
    let queues: Queues = store.read(DOCUMENT);
    if queues.get(operation).is_none_or(VecDeque::is_empty) {
        return None;
    }
    let take = |queues: &mut Queues| queues.get_mut(operation)?.pop_front();
    store.change(DOCUMENT, take).ok().flatten()
}

/// Puts answers in line.
pub(super) fn add(
    store: &Store,
    operation: &str,
    answers: &[Value],
) -> Result<(), crate::error::SandboxError> {
    store.change(DOCUMENT, |queues: &mut Queues| {
        let line = queues.entry(operation.to_owned()).or_default();
        line.extend(answers.iter().cloned());
    })
}
