//! The store of call sessions.

use super::{Node, guest, network::data_subnets, security::group_with_rules};
use crate::{
    Stack,
    stack::{Cache, CacheEngine, CacheMode},
};
use serde_json::json;

/// Gigabytes that a serverless cache may grow to. A session is a few kilobytes; the limit is on what a runaway may cost.
pub(super) const MOST_GB: u32 = 1;

/// Processing units a second that a serverless cache may use: the least that AWS lets one set.
const MOST_UNITS: u32 = 1_000;

const DESCRIPTION: &str = "call sessions";

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    match &stack.cache {
        Some(cache) if cache.mode == CacheMode::Serverless => vec![serverless(stack, cache)],
        Some(cache) if cache.mode == CacheMode::Node => replicated(stack, cache),
        _ => Vec::new(),
    }
}

fn serverless(stack: &Stack, cache: &Cache) -> Node {
    let (engine, version) = match cache.engine {
        CacheEngine::Valkey => ("valkey", "8"),
        CacheEngine::Redis => ("redis", "7"),
    };
    let properties = json!({
        "engine": engine,
        "major_engine_version": version,
        "subnets": data_subnets(stack),
        "security_groups": group_with_rules(stack, "cache"),
        "description": DESCRIPTION,
        "max_data_gb": MOST_GB,
        "max_ecpu_per_second": MOST_UNITS,
    });
    Node::new("serverless_cache", "main", properties)
}

/// Encrypted in transit and at rest: the kind's defaults. A second node is in another zone and takes over by itself.
fn replicated(stack: &Stack, cache: &Cache) -> Vec<Node> {
    let (engine, version) = match cache.engine {
        CacheEngine::Valkey => ("valkey", "8.0"),
        CacheEngine::Redis => ("redis", "7.1"),
    };
    let nodes = node_count(cache);
    let node_type = cache
        .node
        .as_ref()
        .map_or("cache.t4g.micro", |node| node.as_str());
    vec![
        Node::new(
            "cache_subnet_group",
            "main",
            json!({
                "vpc": "${vpc.main.id}",
                "description": DESCRIPTION,
                "subnets": data_subnets(stack),
            }),
        ),
        Node::new(
            "replication_group",
            "main",
            json!({
                "engine": engine,
                "engine_version": version,
                "node_type": node_type,
                "nodes": nodes,
                "subnet_group": "${cache_subnet_group.main.name}",
                "security_groups": group_with_rules(stack, "cache"),
                "description": DESCRIPTION,
                "automatic_failover": nodes > 1,
                "multi_az": nodes > 1,
            }),
        ),
    ]
}

/// Nodes of a cache in mode node.
pub(super) fn node_count(cache: &Cache) -> u32 {
    cache.nodes.unwrap_or(1)
}

/// Where sessions are kept, with TLS as both kinds of cache demand it; `None` where they are in the task's memory.
pub(super) fn url(stack: &Stack) -> Option<&'static str> {
    let mode = match stack.ephemeral.is_guest() {
        true => guest::cache_mode(stack)?,
        false => stack.cache.as_ref()?.mode,
    };
    match mode {
        CacheMode::Serverless => {
            Some("rediss://${serverless_cache.main.endpoint}:${serverless_cache.main.port}")
        }
        CacheMode::Node => Some(
            "rediss://${replication_group.main.primary_endpoint}:${replication_group.main.port}",
        ),
        CacheMode::Sidecar | CacheMode::None => None,
    }
}
