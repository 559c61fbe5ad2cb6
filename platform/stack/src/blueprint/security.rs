//! Security groups: who may open a connection to whom.

use super::Node;
use crate::Stack;
use serde_json::{Value, json};

/// Ports of the data stores.
const POSTGRES: u16 = 5432;
const VALKEY: u16 = 6379;

/// A rule of one of the groups.
struct Rule {
    name: &'static str,
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
        Node::new("security_group", name, json!({ "vpc": "${vpc.main.id}", "description": description }))
    });
    groups.chain(rules(stack).iter().map(Rule::node)).collect()
}

fn has_cache(stack: &Stack) -> bool {
    stack.cache.as_ref().is_some_and(|cache| cache.mode.is_shared())
}

fn groups(stack: &Stack) -> Vec<(&'static str, &'static str)> {
    let mut groups = vec![("balancer", "public load balancer"), ("task", "booking service tasks")];
    if stack.database.is_some() {
        groups.push(("database", "PostgreSQL"));
    }
    if has_cache(stack) {
        groups.push(("cache", "session cache"));
    }
    groups
}

/// The rules, no wider than the traffic there is.
///
/// A task in a public subnet opens HTTPS to ECR, S3, CloudWatch Logs, Secrets Manager, Twilio and OpenAI; their addresses change, so
/// the rule names the port and not the peer. Security groups do not filter the VPC's own DNS resolver, clock and task metadata, so
/// no rule is needed for these.
fn rules(stack: &Stack) -> Vec<Rule> {
    use Peer::{Group, Internet};
    let rule = |name, group, direction, port, peer, description| Rule { name, group, direction, port, peer, description };
    let port = stack.service.port;
    let mut rules = vec![
        rule("balancer_http", "balancer", "ingress", 80, Internet, "HTTP from anywhere"),
        rule("balancer_to_task", "balancer", "egress", port, Group("task"), "to the tasks"),
        rule("task_from_balancer", "task", "ingress", port, Group("balancer"), "from the load balancer"),
        rule("task_to_https", "task", "egress", 443, Internet, "AWS APIs, Twilio, OpenAI"),
    ];
    if stack.domain.is_some() {
        rules.push(rule("balancer_https", "balancer", "ingress", 443, Internet, "HTTPS from anywhere"));
    }
    if stack.database.is_some() {
        rules.push(rule("task_to_database", "task", "egress", POSTGRES, Group("database"), "to PostgreSQL"));
        rules.push(rule("database_from_task", "database", "ingress", POSTGRES, Group("task"), "from the tasks"));
    }
    if has_cache(stack) {
        rules.push(rule("task_to_cache", "task", "egress", VALKEY, Group("cache"), "to the session cache"));
        rules.push(rule("cache_from_task", "cache", "ingress", VALKEY, Group("task"), "from the tasks"));
    }
    rules
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
        Node::new("security_group_rule", self.name, properties)
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
