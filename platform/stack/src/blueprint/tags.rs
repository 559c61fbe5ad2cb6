//! The tags of everything a stack has.

use crate::Stack;
use std::collections::BTreeMap;

/// Tags that every resource of the stack carries beside its address: who it belongs to, what for, and who pays.
pub fn tags(stack: &Stack) -> BTreeMap<String, String> {
    [
        ("bella:stack", stack.stack.to_string()),
        ("bella:environment", stack.environment.as_str().to_owned()),
        ("bella:region", stack.region.to_string()),
        ("bella:owner", stack.owner.to_string()),
        ("bella:cost_center", stack.cost_center.to_string()),
    ]
    .into_iter()
    // The reaper reads how long an ephemeral stack may live.
    .chain(stack.ttl.map(|ttl| ("bella:ttl", ttl.to_string())))
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}
