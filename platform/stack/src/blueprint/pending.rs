//! What a stack file may say already and this release does not make yet.

use crate::{Stack, stack::CacheMode};

/// Parts of the stack file that are accepted, checked, and not provisioned by this release; in the file's order.
pub fn not_yet_provisioned(stack: &Stack) -> Vec<&'static str> {
    let scaling = &stack.service.scaling;
    let cache = stack
        .cache
        .as_ref()
        .is_some_and(|cache| cache.mode != CacheMode::None);
    let removes = stack
        .auto_shutdown
        .as_ref()
        .is_some_and(|schedule| !schedule.remove.is_empty());
    [
        ("budget.notify", !stack.budget.notify.is_empty()),
        ("service.scaling", scaling.max > scaling.min),
        ("service.secrets", !stack.service.secrets.is_empty()),
        ("database", stack.database.is_some()),
        ("cache", cache),
        ("domain", stack.domain.is_some()),
        ("alarms", !stack.alarms.is_empty()),
        ("auto_shutdown", stack.auto_shutdown.is_some()),
        ("auto_shutdown.remove", removes),
        ("ttl", stack.ttl.is_some()),
    ]
    .into_iter()
    .filter_map(|(part, present)| present.then_some(part))
    .collect()
}
