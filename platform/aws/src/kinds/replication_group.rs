//! A cache of nodes: a primary and its replicas.

use std::collections::BTreeSet;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

mod change;
mod shown;

use super::tagged::name_of;
use super::{cache_tags, sample};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A cache of nodes: a primary and its replicas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplicationGroup {
    /// Cache engine: `valkey` (the default) or `redis`.
    #[serde(default = "valkey")]
    pub engine: String,
    /// Major and minor version of the engine, for example `8.0`; it can only go up. ElastiCache
    /// chooses the patch.
    pub engine_version: String,
    /// Node type, for example `cache.t4g.micro`.
    pub node_type: String,
    /// Number of nodes, the primary among them; default 1.
    #[serde(default = "one")]
    pub nodes: i32,
    /// Name of the cache subnet group.
    pub subnet_group: String,
    /// Ids of the security groups of its nodes.
    pub security_groups: BTreeSet<String>,
    /// What the cache is for.
    #[serde(default = "ours")]
    pub description: String,
    /// Whether the nodes are in several availability zones; default false. It needs
    /// `automatic_failover`.
    #[serde(default)]
    pub multi_az: bool,
    /// Whether a replica takes over from a failed primary; default false. It needs two nodes.
    #[serde(default)]
    pub automatic_failover: bool,
    /// Whether connections are encrypted; default true. AWS changes it only in several steps,
    /// between which every client has to be changed.
    #[serde(default = "yes")]
    pub transit_encryption: bool,
    /// Whether what it writes to disk is encrypted; default true.
    #[serde(default = "yes")]
    pub at_rest_encryption: bool,
    /// Days for which daily snapshots are kept; default 0, no snapshots.
    #[serde(default)]
    pub snapshot_retention_days: i32,
    /// Port its nodes listen on; default 6379.
    #[serde(default = "redis_port")]
    pub port: i32,
}

fn valkey() -> String {
    "valkey".to_owned()
}

fn one() -> i32 {
    1
}

fn ours() -> String {
    "Managed by bella".to_owned()
}

fn yes() -> bool {
    true
}

fn redis_port() -> i32 {
    6379
}

impl Resource for ReplicationGroup {
    type Cloud = Aws;
    const KIND: &'static str = "replication_group";
    const SERVICE: &'static str = "elasticache";
    const OUTPUTS: &'static [&'static str] = &["id", "arn", "primary_endpoint", "port"];
    const IMMUTABLE: &'static [&'static str] = &[
        "engine",
        "subnet_group",
        "transit_encryption",
        "at_rest_encryption",
        "port",
    ];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 40,
        generations: true,
        forbidden: &[],
    };
    /// Those of other services are checked by AWS on the caller: the network, and the first cache
    /// of an account.
    const ACTIONS: &'static [&'static str] = &[
        "elasticache:CreateReplicationGroup",
        "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteReplicationGroup",
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeReplicationGroups",
        "elasticache:IncreaseReplicaCount",
        "elasticache:ListTagsForResource",
        "elasticache:ModifyReplicationGroup",
        cache_tags::ACTIONS[0],
        cache_tags::ACTIONS[1],
        "tag:GetResources",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "iam:CreateServiceLinkedRole",
    ];

    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let hours = assumptions.hours(Self::KIND) * Decimal::from(self.nodes);
        let usage_type = format!("NodeUsage:{}", self.node_type);
        let nodes = Quantity::new(
            "cache nodes",
            hours,
            "hour",
            "AmazonElastiCache",
            usage_type,
        );
        Usage::Metered(vec![nodes.tier(match self.engine.as_str() {
            "redis" => "Redis OSS",
            _ => "Valkey",
        })])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        shown::list(look).await
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .elasticache
            .create_replication_group()
            .replication_group_id(&who.name)
            .replication_group_description(&self.description)
            .engine(&self.engine)
            .engine_version(&self.engine_version)
            .cache_node_type(&self.node_type)
            .num_cache_clusters(self.nodes)
            .cache_subnet_group_name(&self.subnet_group)
            .set_security_group_ids(Some(self.security_groups.iter().cloned().collect()))
            .multi_az_enabled(self.multi_az)
            .automatic_failover_enabled(self.automatic_failover)
            .transit_encryption_enabled(self.transit_encryption)
            .at_rest_encryption_enabled(self.at_rest_encryption)
            .snapshot_retention_limit(self.snapshot_retention_days)
            .port(self.port)
            .set_tags(Some(cache_tags::wire(&who.tags)));
        let made = call.send().await.map_err(refused)?.replication_group;
        let arn = made.and_then(|group| group.arn);
        Ok(Made::unseen(arn.unwrap_or_default()))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        change::update(self, aws, name_of(who.id()?), from).await
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.elasticache.delete_replication_group();
        let call = call.replication_group_id(name_of(who.id()?));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        cache_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("id", "{}.id"),
        ("arn", "{}.arn"),
        ("primary_endpoint", "{}.primary_endpoint_address"),
        ("port", "tostring({}.port)"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let id = exported.output("id");
        let body = Body::new()
            .set("replication_group_id", id)
            .set("description", self.description.as_str())
            .set("engine", self.engine.as_str())
            .set("engine_version", self.engine_version.as_str())
            .set("node_type", self.node_type.as_str())
            .set("num_cache_clusters", self.nodes)
            .set("port", self.port)
            .set("subnet_group_name", self.subnet_group.as_str())
            .list("security_group_ids", self.security_groups.iter().cloned())
            .set("multi_az_enabled", self.multi_az)
            .set("automatic_failover_enabled", self.automatic_failover)
            .set("transit_encryption_enabled", self.transit_encryption)
            .set("at_rest_encryption_enabled", self.at_rest_encryption)
            .set("snapshot_retention_limit", self.snapshot_retention_days)
            .tags(exported.tags)
            .ignore_changes(
                "There is no such token; an import does not read that.",
                &["auth_token_update_strategy"],
            );
        vec![Block::new("aws_elasticache_replication_group", id, body)]
    }

    fn example() -> Example {
        Example {
            parents: sample::cache(),
            properties: json!({
                "engine_version": "7.2",
                "node_type": "cache.t4g.micro",
                "nodes": 2,
                "subnet_group": "${cache_subnet_group.parent.name}",
                "security_groups": ["${security_group.parent.id}"],
                "automatic_failover": true,
            }),
            changes: vec![
                ("node_type", json!("cache.t4g.small")),
                ("nodes", json!(3)),
                ("security_groups", json!(["${security_group.other.id}"])),
                ("description", json!("Another description")),
                ("multi_az", json!(true)),
                ("automatic_failover", json!(false)),
                ("snapshot_retention_days", json!(1)),
            ],
        }
    }
}
