//! The store of call sessions.

use super::{Node, guest, network::data_subnets, security::group_with_rules};
use crate::{
    Stack,
    stack::{Cache, CacheEngine, CacheMode},
};
use serde_json::{Map, Value, json};

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

/// Where sessions are kept, with TLS as both kinds of ElastiCache demand it; `None` where they are in the service's memory.
pub(super) fn url(stack: &Stack) -> Option<&'static str> {
    match mode(stack)? {
        CacheMode::Serverless => {
            Some("rediss://${serverless_cache.main.endpoint}:${serverless_cache.main.port}")
        }
        CacheMode::Node => Some(
            "rediss://${replication_group.main.primary_endpoint}:${replication_group.main.port}",
        ),
        CacheMode::Sidecar => Some("redis://127.0.0.1:6379"),
        CacheMode::None => None,
    }
}

/// MiB that the data of a cache in the task may take, and that its container may hold.
const SIDECAR_DATA: u32 = 64;
const SIDECAR_MEMORY: u32 = 96;

/// The container of a cache in the task, by its name. Only the task reaches it: it listens on the task's loopback address, and without
/// TLS, as what is said there never leaves the task. Nothing is kept: a new task begins with an empty one.
pub(super) fn sidecars(stack: &Stack) -> Map<String, Value> {
    let mut sidecars = Map::new();
    let Some(cache) = stack.cache.as_ref().filter(|_| in_task(stack)) else {
        return sidecars;
    };
    // Both are at Amazon's public registry, which asks for no login.
    let (image, server) = match cache.engine {
        CacheEngine::Valkey => ("public.ecr.aws/valkey/valkey:8-alpine", "valkey-server"),
        CacheEngine::Redis => (
            "public.ecr.aws/docker/library/redis:7-alpine",
            "redis-server",
        ),
    };
    let most = format!("{SIDECAR_DATA}mb");
    let cache = json!({
        "image": image,
        "command": [
            server, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--maxmemory", most, "--maxmemory-policy", "volatile-lru",
        ],
        "memory": SIDECAR_MEMORY,
        "log_group": "${log_group.service.name}",
        "log_region": stack.region,
        "log_stream_prefix": "cache",
    });
    sidecars.insert("cache".to_owned(), cache);
    sidecars
}

fn in_task(stack: &Stack) -> bool {
    mode(stack) == Some(CacheMode::Sidecar)
}

/// Where sessions are kept; of a guest, what its host has for it.
fn mode(stack: &Stack) -> Option<CacheMode> {
    match stack.ephemeral.is_guest() {
        true => guest::cache_mode(stack),
        false => Some(stack.cache.as_ref()?.mode),
    }
}
