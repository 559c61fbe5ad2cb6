//! A cache of nodes as ElastiCache shows it: some of it on the group, some on its nodes.

use std::collections::HashMap;

use aws_sdk_elasticache::types::{
    AutomaticFailoverStatus, CacheCluster, MultiAzStatus, ReplicationGroup as Wire,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Observed, Phase, Tags};

use super::ReplicationGroup;
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::cache_tags;
use crate::kinds::tagged::{self, Listed, name_of};
use crate::kinds::when::timestamp;
use crate::look::Look;
use crate::tags::owned;

/// Nodes are read only for a stack that has a group: with one call for all, or for the one that is
/// waited on the first of its nodes.
pub(super) async fn list(look: &Look) -> Result<Vec<Observed<ReplicationGroup>>, CloudError> {
    let call = look.aws.elasticache.describe_replication_groups();
    let (groups, nodes) = match look.focus() {
        Some(who) => {
            let name = name_of(who.id.as_ref().unwrap_or(&who.name));
            let answer = call.replication_group_id(name).send().await;
            let answer = answer.map_err(refused)?;
            let (mut groups, mut nodes) = (Vec::new(), HashMap::new());
            for group in answer.replication_groups.unwrap_or_default() {
                let arn = group.arn().unwrap_or_default().to_owned();
                let tags = cache_tags::ask(look.aws.clone(), arn).await?;
                if let Some(node) = group.member_clusters().first() {
                    nodes.extend(node_of(&look.aws, name, node).await?);
                }
                groups.extend(tags.map(|tags| (group, tags)));
            }
            (groups, nodes)
        }
        None => {
            let mut pages = call.into_paginator().items().send();
            let mut all = Vec::new();
            while let Some(group) = pages.next().await {
                all.push(listed(group.map_err(refused)?));
            }
            let groups = tagged::of_stack(look, all, cache_tags::ask).await?;
            let nodes = match groups.is_empty() {
                true => HashMap::new(),
                false => all_nodes(&look.aws).await?,
            };
            (groups, nodes)
        }
    };
    let observed = groups.into_iter().filter_map(|(group, tags)| {
        let node = nodes.get(group.replication_group_id().unwrap_or_default());
        observe(look.stack(), &group, node, tags)
    });
    Ok(observed.collect())
}

fn listed(group: Wire) -> Listed<Wire> {
    Listed {
        arn: group.arn().unwrap_or_default().to_owned(),
        name: group.replication_group_id().unwrap_or_default().to_owned(),
        wire: group,
    }
}

/// One node of each group, by the group's id: what is read from nodes is the same on all of them.
async fn all_nodes(aws: &Aws) -> Result<HashMap<String, CacheCluster>, CloudError> {
    let call = aws.elasticache.describe_cache_clusters();
    let call = call.show_cache_node_info(true);
    let mut pages = call.into_paginator().items().send();
    let mut found = HashMap::new();
    while let Some(node) = pages.next().await {
        let node = node.map_err(refused)?;
        if let Some(group) = node.replication_group_id() {
            found.entry(group.to_owned()).or_insert(node);
        }
    }
    Ok(found)
}

async fn node_of(
    aws: &Aws,
    group: &str,
    node: &str,
) -> Result<Option<(String, CacheCluster)>, CloudError> {
    let call = aws.elasticache.describe_cache_clusters();
    let call = call.cache_cluster_id(node).show_cache_node_info(true);
    match call.send().await.map_err(refused) {
        Ok(answer) => {
            let node = answer
                .cache_clusters
                .and_then(|nodes| nodes.into_iter().next());
            Ok(node.map(|node| (group.to_owned(), node)))
        }
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Without a node the group is on its way in or out, and what is only read from nodes is not known.
fn observe(
    stack: &str,
    group: &Wire,
    node: Option<&CacheCluster>,
    tags: Tags,
) -> Option<Observed<ReplicationGroup>> {
    let address = owned(stack, &tags)?;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let shard = group.node_groups().first();
    let primary = shard.and_then(|shard| shard.primary_endpoint());
    let port = primary.and_then(|it| it.port());
    let arn = text(group.arn());
    let outputs = [
        ("id", text(group.replication_group_id())),
        ("arn", arn.clone()),
        (
            "primary_endpoint",
            text(primary.and_then(|it| it.address())),
        ),
        (
            "port",
            port.map(|port| port.to_string()).unwrap_or_default(),
        ),
    ];
    Some(Observed {
        id: arn,
        address: Some(address),
        props: Some(properties(group, node)),
        outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
        tags,
        phase: phase(group, node),
        created: timestamp(group.replication_group_create_time()),
        protected: None,
    })
}

fn properties(group: &Wire, node: Option<&CacheCluster>) -> ReplicationGroup {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let is = |value: Option<bool>| value.unwrap_or_default();
    let shard = group.node_groups().first();
    let primary = shard.and_then(|shard| shard.primary_endpoint());
    let groups = node.map(CacheCluster::security_groups).unwrap_or_default();
    let failover = group.automatic_failover();
    let nodes = i32::try_from(group.member_clusters().len()).unwrap_or_default();
    ReplicationGroup {
        engine: text(group.engine().or(node.and_then(|it| it.engine()))),
        engine_version: minor(node.and_then(|it| it.engine_version()).unwrap_or_default()),
        node_type: text(group.cache_node_type()),
        nodes,
        subnet_group: text(node.and_then(|it| it.cache_subnet_group_name())),
        security_groups: groups
            .iter()
            .filter_map(|group| group.security_group_id().map(str::to_owned))
            .collect(),
        description: text(group.description()),
        multi_az: group.multi_az() == Some(&MultiAzStatus::Enabled),
        automatic_failover: matches!(
            failover,
            Some(AutomaticFailoverStatus::Enabled | AutomaticFailoverStatus::Enabling)
        ),
        transit_encryption: is(group.transit_encryption_enabled()),
        at_rest_encryption: is(group.at_rest_encryption_enabled()),
        snapshot_retention_days: group.snapshot_retention_limit().unwrap_or_default(),
        port: primary.and_then(|it| it.port()).unwrap_or(6379),
    }
}

/// `8.0` of `8.0.1`.
fn minor(version: &str) -> String {
    let parts: Vec<&str> = version.split('.').take(2).collect();
    parts.join(".")
}

fn phase(group: &Wire, node: Option<&CacheCluster>) -> Phase {
    let status = group.status().unwrap_or_default();
    let failover = group.automatic_failover().map(|it| it.as_str());
    let node = node.and_then(|node| node.cache_cluster_status());
    match (status, failover, node) {
        ("deleting", ..) => Phase::Deleting,
        ("create-failed", ..) => Phase::Failed("create-failed".to_owned()),
        ("available" | "snapshotting", Some(moving @ ("enabling" | "disabling")), _) => {
            Phase::Pending(format!("{moving} automatic failover"))
        }
        ("available", _, None) => Phase::Pending("its nodes to become visible".to_owned()),
        ("available" | "snapshotting", _, Some("available" | "snapshotting")) => Phase::Ready,
        ("available" | "snapshotting", _, Some(node)) => Phase::Pending(node.to_owned()),
        (other, ..) => Phase::Pending(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_its_first_two_parts() {
        for (version, expected) in [("8.0.1", "8.0"), ("7.2", "7.2"), ("", "")] {
            assert_eq!(minor(version), expected);
        }
    }

    #[test]
    fn a_group_is_ready_with_its_nodes() {
        let node = |status: &str| CacheCluster::builder().cache_cluster_status(status).build();
        let pending = |what: &str| Phase::Pending(what.to_owned());
        let cases = [
            ("available", "enabled", Some("available"), Phase::Ready),
            (
                "available",
                "disabled",
                Some("modifying"),
                pending("modifying"),
            ),
            (
                "available",
                "enabling",
                Some("available"),
                pending("enabling automatic failover"),
            ),
            (
                "available",
                "disabled",
                None,
                pending("its nodes to become visible"),
            ),
            ("creating", "disabled", None, pending("creating")),
            ("deleting", "disabled", Some("deleting"), Phase::Deleting),
            (
                "create-failed",
                "disabled",
                None,
                Phase::Failed("create-failed".to_owned()),
            ),
        ];
        for (status, failover, member, expected) in cases {
            let group = Wire::builder()
                .status(status)
                .automatic_failover(failover.into());
            let member = member.map(node);
            assert_eq!(
                phase(&group.build(), member.as_ref()),
                expected,
                "{status} {failover}"
            );
        }
    }
}
