//! What a stack file may say already and this release does not make yet.

use crate::Stack;

/// Parts of the stack file that are accepted, checked, and not provisioned by this release; in the file's order.
///
/// What has a `ttl` ends by itself where `bella ephemeral` made it; where it was provisioned as it is, nobody ends it.
pub fn not_yet_provisioned(stack: &Stack) -> Vec<&'static str> {
    let ends_by_nobody = stack.ttl.is_some() && stack.ephemeral.life.is_none();
    ends_by_nobody.then_some("ttl").into_iter().collect()
}
