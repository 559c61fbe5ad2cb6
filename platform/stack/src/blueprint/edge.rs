//! The load balancer and what it sends calls to.

use super::{Node, network::public_subnets, security::group_with_rules};
use crate::{Stack, stack::Environment};
use serde_json::json;

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let check = &stack.service.health_check;
    vec![
        Node::new(
            "load_balancer",
            "public",
            json!({
                "subnets": public_subnets(stack),
                "vpc": "${vpc.main.id}",
                "security_groups": group_with_rules(stack, "balancer"),
                "deletion_protection": stack.environment == Environment::Production,
            }),
        ),
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
        ),
        Node::new(
            "listener",
            "http",
            json!({
                "load_balancer": "${load_balancer.public.arn}",
                "port": 80,
                "protocol": "HTTP",
                "target_group": "${target_group.service.arn}",
            }),
        ),
    ]
}
