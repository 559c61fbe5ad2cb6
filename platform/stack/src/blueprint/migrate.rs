//! The migration task: the only thing that acts as the database's master.
//!
//! It is defined here and run by a deployment before the new service starts. It makes the service's own login with the name and password
//! that the deployment has put into the secret the service reads; the service itself never comes near the master's.

use super::{Node, guest, roles, secrets, service, variables};
use crate::Stack;
use serde_json::{Map, Value, json};

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    match stack.database {
        Some(_) => vec![role(), definition(stack, image)],
        None => Vec::new(),
    }
}

/// The role in the database that has the service's rights; its logins are members of it.
const DATABASE_ROLE: &str = "bella_service";

/// The logins of the service, which take turns when its password is rotated. Roles are the server's, not a database's: a guest's have
/// its name.
pub(super) fn logins(stack: &Stack) -> [String; 2] {
    let of = match stack.ephemeral.is_guest() {
        true => guest::database_name(stack),
        false => "bella".to_owned(),
    };
    [format!("{of}_app"), format!("{of}_app_b")]
}

/// One role starts the task and is what it runs as: it reads the master's secret, and nothing else may.
fn role() -> Node {
    let service_secret = format!("${{secret.{}.arn}}", secrets::DATABASE);
    let secrets = roles::policy(json!([{
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": ["${db_instance.main.master_secret}", service_secret],
    }]));
    Node::new(
        "iam_role",
        "migrate",
        json!({
            "description": "migrates the database as its master; only the migration task has it",
            "assume_role_policy": roles::trust_of_tasks(),
            "policies": { "pull": roles::pull(), "log": roles::log(), "secrets": secrets },
        }),
    )
}

fn definition(stack: &Stack, image: Option<&str>) -> Node {
    let mut environment = Map::new();
    environment.insert("ENVIRONMENT".to_owned(), json!(stack.environment));
    for (name, value) in variables::of_database(stack) {
        environment.insert(name.to_owned(), value.into());
    }
    let (role, command) = match stack.ephemeral.is_guest() {
        true => (
            guest::database_name(stack),
            json!(["migrate", "--create-database"]),
        ),
        false => (DATABASE_ROLE.to_owned(), json!(["migrate"])),
    };
    environment.insert("SERVICE_ROLE".to_owned(), role.into());
    let allowed = stack.service.allow_migrations.iter();
    let allowed: Vec<&str> = allowed.map(|name| name.as_str()).collect();
    if !allowed.is_empty() {
        environment.insert("ALLOW_MIGRATIONS".to_owned(), allowed.join(",").into());
    }
    let master = |key: &str| Value::from(format!("${{db_instance.main.master_secret}}:{key}::"));
    let own = |key: &str| Value::from(format!("${{secret.{}.arn}}:{key}::", secrets::DATABASE));
    let secrets = json!({
        "DATABASE_USER": master("username"),
        "DATABASE_PASSWORD": master("password"),
        "SERVICE_USER": own("username"),
        "SERVICE_PASSWORD": own("password"),
    });
    let mut container = service::container(stack, image, "migrate");
    container.insert("command".to_owned(), command);
    container.insert("environment".to_owned(), environment.into());
    container.insert("secrets".to_owned(), secrets);
    let task = service::task(
        stack,
        "${iam_role.migrate.arn}",
        "${iam_role.migrate.arn}",
        container,
    );
    Node::new("task_definition", "migrate", task)
}
