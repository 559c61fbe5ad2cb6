//! Secrets: one for each name in the stack file, and the service's own name and password for the database.

use super::Node;
use crate::{Stack, value::SecretName};
use serde_json::json;

/// The secret that holds the service's name and password for the database. A migration writes it; no stack file may name it.
pub(crate) const DATABASE: &str = "database";

/// The secret whose value is a JSON object of variables.
pub(super) const APP: &str = "app";

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let named = stack.service.secrets.iter().map(|secret| {
        let description = format!("{secret}: what the booking service reads when it starts");
        Node::new(
            "secret",
            &label(secret),
            json!({ "description": description }),
        )
    });
    let database = stack.database.as_ref().map(|_| {
        let description = "the booking service's own name and password for the database";
        Node::new("secret", DATABASE, json!({ "description": description }))
    });
    named.chain(database).collect()
}

/// The name of the secret's resource.
pub(super) fn label(secret: &SecretName) -> String {
    secret.as_str().replace('-', "_")
}

/// The ARNs of all secrets that the service starts with.
pub(super) fn arns(stack: &Stack) -> Vec<String> {
    nodes(stack)
        .iter()
        .map(|node| format!("${{{}.arn}}", node.address))
        .collect()
}
