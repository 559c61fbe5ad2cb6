//! A stack on another one's servers: nothing that takes minutes to make.
//!
//! A guest has a service of its own with all that is only a record in AWS, and on its host's load balancer a host name, on its database
//! server a database with roles, in its cache a prefix of keys. It changes no object of its host, so that the host's plan stays empty.

use super::{
    Node, SERVICE, budget, edge, expiry, logs, migrate, references, registry, roles, scaling,
    secrets, service, settle,
};
use crate::{Stack, stack::CacheMode};
use serde_json::json;
use std::collections::BTreeSet;

/// Address of the rule by which calls come.
const RULE: &str = "listener_rule.service";

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    let mut nodes = wanted(stack, image);
    let own = addresses(stack, &nodes);
    for node in &mut nodes {
        settle(&mut node.properties, &mut |reference| {
            (!is_of(&own, reference)).then(|| value(stack, reference))
        });
    }
    nodes
}

/// What a guest needs and its host does not have, by address; empty while nobody has looked.
pub fn host_lacks(stack: &Stack) -> BTreeSet<String> {
    let Some(host) = &stack.ephemeral.at else {
        return BTreeSet::new();
    };
    let nodes = wanted(stack, None);
    let own = addresses(stack, &nodes);
    let mut lacking = BTreeSet::new();
    for node in &nodes {
        let text = node.properties.to_string();
        let needed = references(&text).into_iter();
        let needed = needed.filter(|reference| !is_of(&own, reference));
        for reference in needed.filter(|reference| !host.outputs.contains_key(*reference)) {
            let address = reference.rsplit_once('.').map(|(address, _)| address);
            lacking.insert(address.unwrap_or(reference).to_owned());
        }
    }
    lacking
}

/// The host name that calls to a guest come for; its host's own name where that is known, else the load balancer's.
pub(super) fn host_name(stack: &Stack) -> String {
    let host = stack.ephemeral.at.as_ref();
    match host.and_then(|host| host.domain.as_ref()) {
        Some(domain) => format!("{}.{}", stack.stack, domain.name),
        None => format!("{}.${{load_balancer.public.dns_name}}", stack.stack),
    }
}

/// Where to connect for calls to a guest whose name nobody resolves, as its host has no domain; `None` for other stacks.
pub fn door(stack: &Stack) -> Option<String> {
    let host = stack.ephemeral.at.as_ref()?;
    match host.domain {
        Some(_) => None,
        None => {
            let name = host.outputs.get("load_balancer.public.dns_name")?;
            Some(format!("http://{name}"))
        }
    }
}

/// What a guest's database and roles on its host's server are called; no name of the host's own begins so.
pub(super) fn database_name(stack: &Stack) -> String {
    format!("guest_{}", stack.stack.as_str().replace('-', "_"))
}

/// What a guest's keys in its host's cache begin with.
pub(super) fn key_prefix(stack: &Stack) -> String {
    format!("{}:", stack.stack)
}

/// The kind of cache that the host has, where the guest wants one that is not in its own task.
pub(super) fn cache_mode(stack: &Stack) -> Option<CacheMode> {
    let wanted = stack.cache.as_ref()?.mode;
    let Some(host) = stack.ephemeral.at.as_ref().filter(|_| wanted.is_shared()) else {
        return Some(wanted);
    };
    let has = |output: &str| host.outputs.contains_key(output);
    [
        (CacheMode::Serverless, "serverless_cache.main.endpoint"),
        (CacheMode::Node, "replication_group.main.primary_endpoint"),
    ]
    .into_iter()
    .find_map(|(mode, output)| has(output).then_some(mode))
}

/// The guest's own objects, which still refer to its host's.
fn wanted(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    let mut nodes = [
        secrets::nodes(stack),
        logs::nodes(stack),
        registry::nodes(),
        roles::nodes(stack),
        doorway(stack),
        service::nodes(stack, image),
        migrate::nodes(stack, image),
        scaling::nodes(stack, image),
        expiry::nodes(stack),
        budget::nodes(stack),
    ]
    .concat();
    let unknown = || vec![stands_for(stack, "tasks")];
    let (subnets, groups, public) = match &stack.ephemeral.at {
        Some(host) => (
            host.subnets.clone(),
            host.security_groups.clone(),
            host.assign_public_ip,
        ),
        None => (unknown(), unknown(), true),
    };
    if let Some(service) = nodes.iter_mut().find(|node| node.address == SERVICE) {
        service.properties["subnets"] = json!(subnets);
        service.properties["security_groups"] = json!(groups);
        service.properties["assign_public_ip"] = json!(public);
        service.properties["target_group"] = json!(format!("${{{RULE}.target_group}}"));
        service.properties["capacity_provider"] = json!("FARGATE_SPOT");
    }
    nodes
}

/// Calls for the guest's name go to its tasks. By HTTP: a certificate of its own would take minutes.
fn doorway(stack: &Stack) -> Vec<Node> {
    let mut nodes = vec![
        edge::target_group(stack),
        Node::new(
            "listener_rule",
            "service",
            json!({
                "listener": "${listener.http.arn}",
                "host": host_name(stack),
                "target_group": edge::FORWARD,
            }),
        ),
    ];
    let host = stack.ephemeral.at.as_ref();
    if let Some(domain) = host.and_then(|host| host.domain.as_ref()) {
        nodes.push(Node::new(
            "dns_record",
            "guest",
            edge::alias(&domain.zone, &host_name(stack)),
        ));
    }
    nodes
}

fn addresses(stack: &Stack, nodes: &[Node]) -> BTreeSet<String> {
    let raw = stack.resources.keys().map(ToString::to_string);
    let built = nodes.iter().map(|node| node.address.clone());
    built.chain(raw).collect()
}

fn is_of(addresses: &BTreeSet<String>, reference: &str) -> bool {
    let address = reference.rsplit_once('.').map(|(address, _)| address);
    address.is_some_and(|address| addresses.contains(address))
}

/// What the host's output is; a text that stands for it where nobody has looked.
fn value(stack: &Stack, reference: &str) -> String {
    let host = stack.ephemeral.at.as_ref();
    let known = host.and_then(|host| host.outputs.get(reference));
    known
        .cloned()
        .unwrap_or_else(|| stands_for(stack, reference))
}

fn stands_for(stack: &Stack, what: &str) -> String {
    let host = stack.ephemeral.host.as_ref();
    format!(
        "({} of {})",
        what,
        host.map_or("its host", |it| it.as_str())
    )
}
