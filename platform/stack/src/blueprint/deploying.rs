//! The stack on its way from one image to the next.

use super::{Node, SERVICE, blueprint_running, migrate, scaling, secrets};
use crate::Stack;
use serde_json::{Value, json};

/// Address of the migration task's definition.
pub const MIGRATION: &str = "task_definition.migrate";

/// Address of the repository of the service's images.
pub const REPOSITORY: &str = "ecr_repository.service";

/// Address of the service's definition.
pub const DEFINITION: &str = "task_definition.service";

/// Name of the secret with the service's login to the database.
pub const DATABASE_LOGIN: &str = secrets::DATABASE;

/// The logins that take turns when the password is rotated; the first is made by the first deployment.
pub fn database_logins(stack: &Stack) -> [String; 2] {
    migrate::logins(stack)
}

/// Name of the JSON secret with the variables of [`app_keys`](super::app_keys).
pub const APP_SECRET: &str = secrets::APP;

/// The stack as it runs `now`, but with the definitions of `next` and the service held at the revision that it has: what is there
/// while the database is migrated.
pub fn blueprint_registering(
    stack: &Stack,
    now: Option<&str>,
    next: &str,
    revision: &str,
) -> Vec<Node> {
    let mut nodes = blueprint_running(stack, now);
    for node in &mut nodes {
        match node.address.as_str() {
            MIGRATION | DEFINITION => node.properties["container"]["image"] = json!(next),
            SERVICE => node.properties["task_definition"] = json!(revision),
            _ => {}
        }
    }
    nodes
}

/// The stack with its service running this image, and tasks wanted now, whatever the schedule or scaling has made of their number.
pub fn blueprint_awake(stack: &Stack, image: &str) -> Vec<Node> {
    let mut nodes = blueprint_running(stack, Some(image));
    let least = scaling::least(stack, Some(image)).max(1);
    for node in &mut nodes {
        let count = match node.address.as_str() {
            SERVICE => "desired_count",
            "scaling_target.service" => "min_capacity",
            _ => continue,
        };
        if node.properties[count] == Value::Null {
            node.properties[count] = json!(least);
        }
    }
    nodes
}
