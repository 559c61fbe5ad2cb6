//! A database server.

use std::collections::BTreeSet;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Disposition, Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

mod change;
mod cost;
mod exit;
mod shown;

use super::tagged::name_of;
use super::{rds_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A database server of one instance, or of two with a standby in another availability zone. Its
/// password is made and kept by RDS; it never passes through this tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbInstance {
    /// Database engine; default `postgres`.
    #[serde(default = "postgres")]
    pub engine: String,
    /// Major version of the engine, for example `16`; it can only go up. RDS chooses the minor one.
    pub engine_version: String,
    /// Instance class, for example `db.t4g.micro`.
    pub instance_class: String,
    /// Storage in GB; it can only grow. General purpose storage starts at 20.
    pub storage_gb: i32,
    /// Storage type; default `gp3`.
    #[serde(default = "gp3")]
    pub storage_type: String,
    /// GB up to which RDS grows the storage by itself; `storage_gb` turns that off.
    pub max_storage_gb: Option<i32>,
    /// Whether a standby in another availability zone takes over; default false.
    #[serde(default)]
    pub multi_az: bool,
    /// Name of the DB subnet group.
    pub subnet_group: String,
    /// Name of the DB parameter group. Another one takes effect at the next restart.
    pub parameter_group: String,
    /// Ids of the security groups of its network interfaces.
    pub security_groups: BTreeSet<String>,
    /// Name of the database that is made with the instance.
    pub database_name: String,
    /// Name of the master user.
    pub username: String,
    /// Whether RDS makes the master user's password and keeps it in a secret; default true, and the
    /// only value with which an instance can be made here.
    #[serde(default = "yes")]
    pub manage_master_password: bool,
    /// Days for which automated backups are kept, 0 (none) to 35; default 7.
    #[serde(default = "week")]
    pub backup_retention_days: i32,
    /// Whether AWS refuses to delete it; default false.
    #[serde(default)]
    pub deletion_protection: bool,
    /// Whether the storage is encrypted, with the account's key for RDS; default true.
    #[serde(default = "yes")]
    pub storage_encrypted: bool,
    /// Whether it gets a public address; default false.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// Whether snapshots get the instance's tags; default true.
    #[serde(default = "yes")]
    pub copy_tags_to_snapshot: bool,
    /// Whether RDS installs minor versions in the maintenance window; default true.
    #[serde(default = "yes")]
    pub auto_minor_version_upgrade: bool,
    /// Authority of the server's certificate, for example `rds-ca-rsa2048-g1`.
    pub ca_certificate: Option<String>,
    /// Logs that are sent to CloudWatch Logs, for example `postgresql`; default none. The log group
    /// is RDS's, `/aws/rds/instance/<identifier>/<log>`, and stays when the instance goes.
    #[serde(default)]
    pub log_exports: BTreeSet<String>,
}

fn postgres() -> String {
    "postgres".to_owned()
}

fn gp3() -> String {
    "gp3".to_owned()
}

fn yes() -> bool {
    true
}

fn week() -> i32 {
    7
}

impl Resource for DbInstance {
    type Cloud = Aws;
    const KIND: &'static str = "db_instance";
    const SERVICE: &'static str = "rds";
    const OUTPUTS: &'static [&'static str] =
        &["identifier", "arn", "endpoint", "port", "master_secret"];
    const IMMUTABLE: &'static [&'static str] = &[
        "engine",
        "username",
        "database_name",
        "storage_encrypted",
        "subnet_group",
    ];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::DataStore;
    const LAST_COPY: Option<&'static str> = Some("a final snapshot");
    const NAMING: Naming = Naming::Hashed {
        max: 63,
        generations: false,
        forbidden: &[],
    };
    /// Those of other services are checked by AWS on the caller: the network, the first database of
    /// an account, and the secret of the master user.
    const ACTIONS: &'static [&'static str] = &[
        "rds:CreateDBInstance",
        "rds:DeleteDBInstance",
        "rds:DescribeDBInstances",
        "rds:ModifyDBInstance",
        rds_tags::ACTIONS[0],
        rds_tags::ACTIONS[1],
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "iam:CreateServiceLinkedRole",
        "kms:DescribeKey",
        "rds:CreateDBSnapshot",
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
    ];

    fn usage(&self, assumptions: &Assumptions) -> Usage {
        cost::usage(self, assumptions)
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.rds.describe_db_instances();
        let call = match look.focus() {
            Some(who) => call.db_instance_identifier(name_of(who.id.as_ref().unwrap_or(&who.name))),
            None => call,
        };
        let mut pages = call.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(instance) = pages.next().await {
            found.extend(shown::observe(look.stack(), &instance.map_err(refused)?));
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .rds
            .create_db_instance()
            .db_instance_identifier(&who.name)
            .engine(&self.engine)
            .engine_version(&self.engine_version)
            .db_instance_class(&self.instance_class)
            .allocated_storage(self.storage_gb)
            .storage_type(&self.storage_type)
            .set_max_allocated_storage(self.max_storage_gb)
            .multi_az(self.multi_az)
            .db_subnet_group_name(&self.subnet_group)
            .db_parameter_group_name(&self.parameter_group)
            .set_vpc_security_group_ids(Some(self.security_groups.iter().cloned().collect()))
            .db_name(&self.database_name)
            .master_username(&self.username)
            .manage_master_user_password(self.manage_master_password)
            .backup_retention_period(self.backup_retention_days)
            .deletion_protection(self.deletion_protection)
            .storage_encrypted(self.storage_encrypted)
            .publicly_accessible(self.publicly_accessible)
            .copy_tags_to_snapshot(self.copy_tags_to_snapshot)
            .auto_minor_version_upgrade(self.auto_minor_version_upgrade)
            .set_ca_certificate_identifier(self.ca_certificate.clone())
            .set_enable_cloudwatch_logs_exports(Some(self.log_exports.iter().cloned().collect()))
            .set_tags(Some(rds_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.db_instance;
        let arn = made.and_then(|instance| instance.db_instance_arn);
        Ok(Made::unseen(arn.unwrap_or_default()))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        change::update(self, aws, name_of(who.id()?), from).await
    }

    /// Its automated backups go with it; a last snapshot stays where one is wanted.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        change::delete(aws, name_of(who.id()?), who.keep_copy).await
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        rds_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("identifier", "{}.identifier"),
        ("arn", "{}.arn"),
        ("endpoint", "{}.address"),
        ("port", "tostring({}.port)"),
        ("master_secret", "{}.master_user_secret[0].secret_arn"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![exit::terraform(self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: sample::database(),
            properties: json!({
                "engine_version": "16",
                "instance_class": "db.t4g.micro",
                "storage_gb": 20,
                "max_storage_gb": 100,
                "subnet_group": "${db_subnet_group.parent.name}",
                "parameter_group": "${db_parameter_group.parent.name}",
                "security_groups": ["${security_group.parent.id}"],
                "database_name": "bella",
                "username": "bella",
                "deletion_protection": true,
                "ca_certificate": "rds-ca-rsa2048-g1",
                "log_exports": ["postgresql"],
            }),
            changes: vec![
                // First, so that what follows can be torn down.
                ("deletion_protection", json!(false)),
                ("instance_class", json!("db.t4g.small")),
                ("storage_type", json!("gp2")),
                ("max_storage_gb", json!(200)),
                ("multi_az", json!(true)),
                ("parameter_group", json!("${db_parameter_group.other.name}")),
                ("security_groups", json!(["${security_group.other.id}"])),
                ("backup_retention_days", json!(14)),
                ("publicly_accessible", json!(true)),
                ("copy_tags_to_snapshot", json!(false)),
                ("auto_minor_version_upgrade", json!(false)),
                ("ca_certificate", json!("rds-ca-rsa4096-g1")),
                ("log_exports", json!(["upgrade"])),
            ],
        }
    }
}
