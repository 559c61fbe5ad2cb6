//! A database server in Terraform's words.

use bella_engine::export::{Block, Body, Exported};

use super::DbInstance;

/// What an import does not read, and the minor version, which RDS chooses.
const NOT_READ: &[&str] = &[
    "engine_version",
    "manage_master_user_password",
    "skip_final_snapshot",
];

/// The server; whatever its state holds of snapshots, it is not destroyed.
pub(super) fn terraform(server: &DbInstance, exported: &Exported<'_>) -> Block {
    let identifier = exported.output("identifier");
    let body = Body::new()
        .set("identifier", identifier)
        .set("engine", server.engine.as_str())
        .set("engine_version", server.engine_version.as_str())
        .set("instance_class", server.instance_class.as_str())
        .set("allocated_storage", server.storage_gb)
        .set("max_allocated_storage", server.max_storage_gb)
        .set("storage_type", server.storage_type.as_str())
        .set("storage_encrypted", server.storage_encrypted)
        .set("multi_az", server.multi_az)
        .set("db_subnet_group_name", server.subnet_group.as_str())
        .set("parameter_group_name", server.parameter_group.as_str())
        .list(
            "vpc_security_group_ids",
            server.security_groups.iter().cloned(),
        )
        .set("publicly_accessible", server.publicly_accessible)
        .set("db_name", server.database_name.as_str())
        .set("username", server.username.as_str())
        .set(
            "manage_master_user_password",
            server.manage_master_password.then_some(true),
        )
        .set("backup_retention_period", server.backup_retention_days)
        .set("copy_tags_to_snapshot", server.copy_tags_to_snapshot)
        .set("deletion_protection", server.deletion_protection)
        .set(
            "auto_minor_version_upgrade",
            server.auto_minor_version_upgrade,
        )
        .set("ca_cert_identifier", server.ca_certificate.as_deref())
        .list(
            "enabled_cloudwatch_logs_exports",
            server.log_exports.iter().cloned(),
        )
        .tags(exported.tags)
        .prevent_destroy()
        .ignore_changes(
            "RDS chooses the minor version; an import does not read the others.",
            NOT_READ,
        );
    Block::new("aws_db_instance", identifier, body)
}
