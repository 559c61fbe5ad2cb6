//! Log groups.

use super::Node;
use crate::{Stack, stack::Environment};
use serde_json::json;

/// One group for the service, kept a month, in development a week: stored logs are billed by the gigabyte and month.
pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let days = match stack.environment {
        Environment::Development => 7,
        Environment::Staging | Environment::Production => 30,
    };
    vec![Node::new(
        "log_group",
        "service",
        json!({ "retention_in_days": days }),
    )]
}
