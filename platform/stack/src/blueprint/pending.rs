//! What a stack file may say already and this release does not make yet.

use crate::{Stack, stack::CacheMode};

/// Parts of the stack file that are accepted, checked, and not provisioned by this release; in the file's order.
///
/// A task has one container, so a cache beside the service is not made: sessions stay in the one task's memory. What has a `ttl` ends by
/// itself where `bella ephemeral` made it; where it was provisioned as it is, nobody ends it.
pub fn not_yet_provisioned(stack: &Stack) -> Vec<&'static str> {
    let sidecar = stack
        .cache
        .as_ref()
        .is_some_and(|cache| cache.mode == CacheMode::Sidecar);
    let ends_by_nobody = stack.ttl.is_some() && stack.ephemeral.life.is_none();
    [("cache.mode", sidecar), ("ttl", ends_by_nobody)]
        .into_iter()
        .filter_map(|(part, present)| present.then_some(part))
        .collect()
}
