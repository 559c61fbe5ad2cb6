//! The tags of everything a stack has.

use crate::Stack;
use crate::ephemeral::{EPHEMERAL_TAGS as KEYS, tag_words};
use std::collections::BTreeMap;

/// Tags that every resource of the stack carries beside its address: who it belongs to, what for, and who pays.
pub fn tags(stack: &Stack) -> BTreeMap<String, String> {
    [
        (KEYS.stack, stack.stack.to_string()),
        ("bella:environment", stack.environment.as_str().to_owned()),
        ("bella:region", stack.region.to_string()),
        ("bella:owner", stack.owner.to_string()),
        ("bella:cost_center", stack.cost_center.to_string()),
    ]
    .into_iter()
    .chain(host(stack))
    .chain(stack.ttl.map(|ttl| (KEYS.ttl, ttl.to_string())))
    .chain(life(stack))
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

/// Whose servers a guest is on.
fn host(stack: &Stack) -> Option<(&'static str, String)> {
    let host = stack.ephemeral.host.as_ref();
    let host = host.filter(|_| stack.ephemeral.is_guest())?;
    Some((KEYS.host, host.to_string()))
}

/// What `bella ephemeral list` shows. When the stack ends is not among them: that moves, and these are on everything.
fn life(stack: &Stack) -> Vec<(&'static str, String)> {
    let Some(life) = &stack.ephemeral.life else {
        return Vec::new();
    };
    vec![
        (KEYS.name, tag_words(&life.name)),
        (KEYS.created_by, tag_words(&life.by)),
        (KEYS.created, life.created.to_string()),
        (
            KEYS.limits,
            format!("{} {}", stack.ephemeral.max_ttl, stack.ephemeral.max_age),
        ),
        (KEYS.hourly, format!("{:.4}", life.hourly_usd)),
    ]
}
