//! The VPC: subnets, routes, the endpoint for S3, the way out of private subnets.

use super::{Node, subnets::Subnets};
use crate::{Stack, stack::Egress};
use serde_json::{Value, json};

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let mut nodes = vec![
        Node::new("vpc", "main", json!({ "cidr": stack.network.cidr })),
        Node::new(
            "internet_gateway",
            "main",
            json!({ "vpc": "${vpc.main.id}" }),
        ),
        table("public"),
        internet_route(
            "public_internet",
            "public",
            ("gateway", "${internet_gateway.main.id}"),
        ),
    ];
    let private = private_tables(stack);
    nodes.extend(private.iter().map(|name| table(name)));
    let tables = std::iter::once("public").chain(private.iter().map(String::as_str));
    let tables: Vec<String> = tables
        .map(|name| format!("${{route_table.{name}.id}}"))
        .collect();
    // Image layers come from S3: through the gateway endpoint they cost nothing and stay inside AWS.
    nodes.push(Node::new(
        "vpc_endpoint",
        "s3",
        json!({
            "vpc": "${vpc.main.id}",
            "service": format!("com.amazonaws.{}.s3", stack.region),
            "endpoint_type": "Gateway",
            "route_tables": tables,
        }),
    ));
    nodes.extend(subnets(stack));
    nodes.extend(nat(stack));
    nodes
}

fn table(name: &str) -> Node {
    Node::new("route_table", name, json!({ "vpc": "${vpc.main.id}" }))
}

fn internet_route(name: &str, table: &str, (key, through): (&str, &str)) -> Node {
    let mut properties = json!({
        "route_table": format!("${{route_table.{table}.id}}"),
        "destination_cidr": "0.0.0.0/0",
    });
    properties[key] = through.into();
    Node::new("route", name, properties)
}

fn subnets(stack: &Stack) -> Vec<Node> {
    let cut = Subnets::cut(stack.network.cidr, stack.network.availability_zones.into())
        .expect("a loaded stack's range is large enough for its subnets");
    let mut nodes = Vec::new();
    for ((letter, public), private) in zones(stack).zip(cut.public).zip(cut.private) {
        let zone = format!("{}{letter}", stack.region);
        // Tasks ask for their public address themselves; nothing else in these subnets should get one.
        nodes.extend(subnet(
            &format!("public_{letter}"),
            &public.to_string(),
            &zone,
            "${route.public_internet.route_table}",
        ));
        let table = private_table(stack, letter);
        let table = match stack.network.egress {
            Egress::PublicIp => format!("${{route_table.{table}.id}}"),
            Egress::NatGateway => format!("${{route.{table}_internet.route_table}}"),
        };
        nodes.extend(subnet(
            &format!("private_{letter}"),
            &private.to_string(),
            &zone,
            &table,
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

/// The way out of the private subnets: one NAT gateway in the first zone for all, or one in each zone.
///
/// A gateway works only in a subnet from which the internet can be reached, so it waits for that subnet's route.
fn nat(stack: &Stack) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (letter, table) in nat_gateways(stack) {
        let name = format!("public_{letter}");
        nodes.push(Node::new(
            "elastic_ip",
            &format!("nat_{letter}"),
            Value::Object(Default::default()),
        ));
        nodes.push(Node::new(
            "nat_gateway",
            &name,
            json!({
                "subnet": format!("${{route_table_association.{name}.subnet}}"),
                "elastic_ip": format!("${{elastic_ip.nat_{letter}.id}}"),
            }),
        ));
        nodes.push(internet_route(
            &format!("{table}_internet"),
            &table,
            ("nat_gateway", &format!("${{nat_gateway.{name}.id}}")),
        ));
    }
    nodes
}

/// The zone of each NAT gateway, with the route table that leads to it.
fn nat_gateways(stack: &Stack) -> Vec<(char, String)> {
    let gateways = match (stack.network.egress, stack.network.nat_per_zone) {
        (Egress::PublicIp, _) => 0,
        (Egress::NatGateway, false) => 1,
        (Egress::NatGateway, true) => usize::MAX,
    };
    zones(stack)
        .take(gateways)
        .map(|letter| (letter, private_table(stack, letter)))
        .collect()
}

/// The route tables of the private subnets.
fn private_tables(stack: &Stack) -> Vec<String> {
    let mut tables: Vec<String> = zones(stack)
        .map(|letter| private_table(stack, letter))
        .collect();
    tables.dedup();
    tables
}

/// One table for all private subnets, or one for each where each has a gateway of its own.
fn private_table(stack: &Stack, letter: char) -> String {
    match stack.network.egress == Egress::NatGateway && stack.network.nat_per_zone {
        true => format!("private_{letter}"),
        false => "private".to_owned(),
    }
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
    associated(stack, "public")
}

/// The subnets of the tasks, known once the internet can be reached from them.
pub(super) fn task_subnets(stack: &Stack) -> Vec<String> {
    match stack.network.egress {
        Egress::PublicIp => public_subnets(stack),
        Egress::NatGateway => associated(stack, "private"),
    }
}

fn associated(stack: &Stack, side: &str) -> Vec<String> {
    zones(stack)
        .map(|letter| format!("${{route_table_association.{side}_{letter}.subnet}}"))
        .collect()
}

/// The subnets of database and cache: private ones, which need no way out.
pub(super) fn data_subnets(stack: &Stack) -> Vec<String> {
    zones(stack)
        .map(|letter| format!("${{subnet.private_{letter}.id}}"))
        .collect()
}
