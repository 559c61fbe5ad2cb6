//! Security groups: who may open a connection to whom.

use super::{Node, database};
use crate::Stack;
use serde_json::{Value, json};

/// The cache's port.
const VALKEY: u16 = 6379;

/// A rule of one of the groups.
struct Rule {
    name: String,
    group: &'static str,
    direction: &'static str,
    port: u16,
    peer: Peer,
    description: &'static str,
}

enum Peer {
    Internet,
    Group(&'static str),
}

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let groups = groups(stack).into_iter().map(|(name, description)| {
        Node::new(
            "security_group",
            name,
            json!({ "vpc": "${vpc.main.id}", "description": description }),
        )
    });
    groups.chain(rules(stack).iter().map(Rule::node)).collect()
}

fn has_cache(stack: &Stack) -> bool {
    stack
        .cache
        .as_ref()
        .is_some_and(|cache| cache.mode.is_shared())
}

fn groups(stack: &Stack) -> Vec<(&'static str, &'static str)> {
    let mut groups = vec![
        ("balancer", "public load balancer"),
        ("task", "booking service tasks"),
    ];
    if stack.database.is_some() {
        groups.push(("database", "PostgreSQL"));
    }
    if has_cache(stack) {
        groups.push(("cache", "session cache"));
    }
    groups
}

/// The rules, no wider than the traffic there is.
fn rules(stack: &Stack) -> Vec<Rule> {
    let mut rules = calls(stack.service.port);
    if stack.domain.is_some() {
        rules.push(from_internet("balancer_https", 443, "HTTPS from anywhere"));
    }
    if stack.database.is_some() {
        rules.extend(to_store("database", database::PORT, "to PostgreSQL"));
    }
    if has_cache(stack) {
        rules.extend(to_store("cache", VALKEY, "to the session cache"));
    }
    rules
}

/// The way of a call: from the internet to the load balancer, from there to a task's port, and from the task to what it uses.
///
/// A task in a public subnet opens HTTPS to ECR, S3, CloudWatch Logs, Secrets Manager, Twilio and OpenAI; their addresses change, so
/// the rule names the port and not the peer. Security groups do not filter the VPC's own DNS resolver, clock and task metadata, so
/// no rule is needed for these.
fn calls(port: u16) -> Vec<Rule> {
    let [out, into] = pair(
        "balancer",
        "task",
        port,
        "to the tasks",
        "from the load balancer",
    );
    let https = Rule {
        name: "task_to_https".to_owned(),
        group: "task",
        direction: "egress",
        port: 443,
        peer: Peer::Internet,
        description: "AWS APIs, Twilio, OpenAI",
    };
    vec![
        from_internet("balancer_http", 80, "HTTP from anywhere"),
        out,
        into,
        https,
    ]
}

fn from_internet(name: &str, port: u16, description: &'static str) -> Rule {
    Rule {
        name: name.to_owned(),
        group: "balancer",
        direction: "ingress",
        port,
        peer: Peer::Internet,
        description,
    }
}

fn to_store(store: &'static str, port: u16, description: &'static str) -> [Rule; 2] {
    pair("task", store, port, description, "from the tasks")
}

/// Connections from one group to another, allowed on both sides.
fn pair(
    from: &'static str,
    to: &'static str,
    port: u16,
    out: &'static str,
    into: &'static str,
) -> [Rule; 2] {
    let rule = |name, group, direction, peer, description| Rule {
        name,
        group,
        direction,
        port,
        peer: Peer::Group(peer),
        description,
    };
    [
        rule(format!("{from}_to_{to}"), from, "egress", to, out),
        rule(format!("{to}_from_{from}"), to, "ingress", from, into),
    ]
}

impl Rule {
    fn node(&self) -> Node {
        let peer = match self.peer {
            Peer::Internet => "0.0.0.0/0".to_owned(),
            Peer::Group(group) => format!("${{security_group.{group}.id}}"),
        };
        let properties: Value = json!({
            "security_group": format!("${{security_group.{}.id}}", self.group),
            "direction": self.direction,
            "protocol": "tcp",
            "from_port": self.port,
            "to_port": self.port,
            "peer": peer,
            "description": self.description,
        });
        Node::new("security_group_rule", &self.name, properties)
    }
}

/// The group of this name, known once all its rules exist.
///
/// A set of references that all become the one id; what uses the group is made when traffic can pass.
pub(super) fn group_with_rules(stack: &Stack, group: &str) -> Vec<String> {
    rules(stack)
        .iter()
        .filter(|rule| rule.group == group)
        .map(|rule| format!("${{security_group_rule.{}.security_group}}", rule.name))
        .collect()
}
