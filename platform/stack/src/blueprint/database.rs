//! The PostgreSQL database.

use super::{Node, guest, network::data_subnets, security::group_with_rules};
use crate::Stack;
use serde_json::{Value, json};

/// Address of the database.
pub const DATABASE: &str = "db_instance.main";

/// The database's name on a server of its own.
const NAME: &str = "bella";

/// The port it listens on: PostgreSQL's own.
pub(super) const PORT: u16 = 5432;

/// Who owns everything in it. Only migrations act under this name; the service has a role of its own with fewer rights.
const MASTER: &str = "bella_admin";

/// The authority of 2024 whose certificates run until 2061 (RDS user guide, "Using SSL/TLS"); named, so that no default moves it.
const CERTIFICATE_AUTHORITY: &str = "rds-ca-rsa2048-g1";

/// The database's name on the server.
pub(super) fn name(stack: &Stack) -> String {
    match stack.ephemeral.is_guest() {
        true => guest::database_name(stack),
        false => NAME.to_owned(),
    }
}

/// Whether the stack has a database server of its own.
pub(super) fn has_server(stack: &Stack) -> bool {
    stack.database.is_some() && !stack.ephemeral.is_guest()
}

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let Some(database) = &stack.database else {
        return Vec::new();
    };
    vec![
        Node::new(
            "db_subnet_group",
            "main",
            json!({ "vpc": "${vpc.main.id}", "subnets": data_subnets(stack) }),
        ),
        Node::new(
            "db_parameter_group",
            "main",
            json!({
                "family": format!("postgres{}", database.version.major()),
                "parameters": parameters(),
            }),
        ),
        // Encrypted, gp3, without a public address, with a master password that only AWS knows: the kind's defaults.
        Node::new(
            "db_instance",
            "main",
            json!({
                "engine_version": database.version.major().to_string(),
                "instance_class": database.instance,
                "storage_gb": database.storage_gb,
                "multi_az": database.multi_az,
                "subnet_group": "${db_subnet_group.main.name}",
                "parameter_group": "${db_parameter_group.main.name}",
                "security_groups": group_with_rules(stack, "database"),
                "database_name": NAME,
                "username": MASTER,
                "backup_retention_days": database.backup_retention_days,
                "deletion_protection": database.deletion_protection,
                "ca_certificate": CERTIFICATE_AUTHORITY,
            }),
        ),
    ]
}

/// TLS only, and waits for locks are logged in the server's own log file, which costs nothing. Slow statements are not: their
/// parameters, which are callers' data, would be logged with them.
fn parameters() -> Value {
    json!({ "log_lock_waits": "1", "rds.force_ssl": "1" })
}
