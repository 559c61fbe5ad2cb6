//! The load balancer, what it sends calls to, and the public name.

use super::{Node, network::public_subnets, security::group_with_rules};
use crate::{
    Stack,
    stack::{Domain, Environment},
    value::DomainName,
};
use serde_json::{Value, json};

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let mut nodes = vec![balancer(stack), target_group(stack)];
    match &stack.domain {
        None => nodes.push(listener(
            "http",
            80,
            "HTTP",
            json!({ "target_group": FORWARD }),
        )),
        Some(domain) => nodes.extend(named(domain)),
    }
    nodes
}

pub(super) const FORWARD: &str = "${target_group.service.arn}";

/// The listener that forwards to the tasks.
pub(super) fn forwarding(stack: &Stack) -> &'static str {
    match stack.domain {
        Some(_) => "https",
        None => "http",
    }
}

fn balancer(stack: &Stack) -> Node {
    Node::new(
        "load_balancer",
        "public",
        json!({
            "subnets": public_subnets(stack),
            "vpc": "${vpc.main.id}",
            "security_groups": group_with_rules(stack, "balancer"),
            "deletion_protection": stack.environment == Environment::Production,
        }),
    )
}

pub(super) fn target_group(stack: &Stack) -> Node {
    let check = &stack.service.health_check;
    Node::new(
        "target_group",
        "service",
        json!({
            "vpc": "${vpc.main.id}",
            "port": stack.service.port,
            "protocol": "HTTP",
            "target_type": "ip",
            "health_check": {
                "path": check.path,
                "interval_seconds": check.interval.seconds(),
                "timeout_seconds": check.timeout.seconds(),
                "healthy_threshold": check.healthy_threshold,
                "unhealthy_threshold": check.unhealthy_threshold,
            },
        }),
    )
}

fn listener(name: &str, port: u16, protocol: &str, rest: Value) -> Node {
    let mut properties = json!({
        "load_balancer": "${load_balancer.public.arn}",
        "port": port,
        "protocol": protocol,
    });
    if let (Value::Object(all), Value::Object(rest)) = (&mut properties, rest) {
        all.extend(rest);
    }
    Node::new("listener", name, properties)
}

/// Seconds that resolvers keep the record by which the certificate's authority sees that the name is ours.
const VALIDATION_TTL: u32 = 300;

/// A name of one's own: the certificate and the record that proves it, HTTPS, HTTP sent on to HTTPS, and the name itself.
///
/// The zone belongs to no stack. AWS renews the certificate by itself for as long as the record stays.
fn named(domain: &Domain) -> Vec<Node> {
    let redirect = json!({ "protocol": "HTTPS", "port": 443, "status": "HTTP_301" });
    vec![
        Node::new(
            "certificate",
            "public",
            json!({ "domain_name": domain.name }),
        ),
        Node::new(
            "dns_record",
            "certificate",
            json!({
                "zone": domain.zone,
                "name": "${certificate.public.validation_name}",
                "type": "CNAME",
                "ttl": VALIDATION_TTL,
                "values": ["${certificate.public.validation_value}"],
            }),
        ),
        listener("http", 80, "HTTP", json!({ "redirect": redirect })),
        listener(
            "https",
            443,
            "HTTPS",
            json!({ "certificate": "${certificate.public.arn}", "target_group": FORWARD }),
        ),
        Node::new(
            "dns_record",
            "public",
            alias(&domain.zone, domain.name.as_str()),
        ),
    ]
}

/// A record by which a name leads to the load balancer.
pub(super) fn alias(zone: &DomainName, name: &str) -> Value {
    json!({
        "zone": zone,
        "name": name,
        "type": "A",
        "alias": {
            "target": "${load_balancer.public.dns_name}",
            "hosted_zone": "${load_balancer.public.hosted_zone}",
        },
    })
}
