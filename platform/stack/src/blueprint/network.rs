//! The VPC: subnets, routes, the endpoint for S3.

use super::{Node, subnets::Subnets};
use crate::Stack;
use serde_json::json;

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let mut nodes = vec![
        Node::new("vpc", "main", json!({ "cidr": stack.network.cidr })),
        Node::new(
            "internet_gateway",
            "main",
            json!({ "vpc": "${vpc.main.id}" }),
        ),
        Node::new("route_table", "public", json!({ "vpc": "${vpc.main.id}" })),
        Node::new(
            "route",
            "public_internet",
            json!({
                "route_table": "${route_table.public.id}",
                "destination_cidr": "0.0.0.0/0",
                "gateway": "${internet_gateway.main.id}",
            }),
        ),
        Node::new("route_table", "private", json!({ "vpc": "${vpc.main.id}" })),
        // Image layers come from S3: through the gateway endpoint they cost nothing and stay inside AWS.
        Node::new(
            "vpc_endpoint",
            "s3",
            json!({
                "vpc": "${vpc.main.id}",
                "service": format!("com.amazonaws.{}.s3", stack.region),
                "endpoint_type": "Gateway",
                "route_tables": ["${route_table.public.id}", "${route_table.private.id}"],
            }),
        ),
    ];
    let cut = Subnets::cut(stack.network.cidr, stack.network.availability_zones.into())
        .expect("a loaded stack's range is large enough for its subnets");
    for ((letter, public), private) in zones(stack).zip(cut.public).zip(cut.private) {
        let zone = format!("{}{letter}", stack.region);
        // Tasks ask for their public address themselves; nothing else in these subnets should get one.
        nodes.extend(subnet(
            &format!("public_{letter}"),
            &public.to_string(),
            &zone,
            "${route.public_internet.route_table}",
        ));
        nodes.extend(subnet(
            &format!("private_{letter}"),
            &private.to_string(),
            &zone,
            "${route_table.private.id}",
        ));
    }
    nodes
}

fn subnet(name: &str, cidr: &str, zone: &str, route_table: &str) -> [Node; 2] {
    [
        Node::new(
            "subnet",
            name,
            json!({ "vpc": "${vpc.main.id}", "cidr": cidr, "availability_zone": zone }),
        ),
        Node::new(
            "route_table_association",
            name,
            json!({ "subnet": format!("${{subnet.{name}.id}}"), "route_table": route_table }),
        ),
    ]
}

/// Letters of the zones the stack uses.
fn zones(stack: &Stack) -> impl Iterator<Item = char> {
    stack
        .region
        .zone_letters()
        .iter()
        .copied()
        .take(stack.network.availability_zones.into())
}

/// The public subnets, known once the internet can be reached from them.
pub(super) fn public_subnets(stack: &Stack) -> Vec<String> {
    zones(stack)
        .map(|letter| format!("${{route_table_association.public_{letter}.subnet}}"))
        .collect()
}
