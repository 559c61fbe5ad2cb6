//! How many tasks run.

use super::{Node, alarms::CALLS_PER_MINUTE, alarms::NAMESPACE};
use crate::Stack;
use serde_json::{Value, json};

/// Whether the number of tasks follows the load.
pub(super) fn is_on(stack: &Stack) -> bool {
    stack.service.scaling.max > stack.service.scaling.min
}

/// Tasks that always run: none before there is an image to run.
pub(super) fn least(stack: &Stack, image: Option<&str>) -> u32 {
    image.map_or(0, |_| stack.service.scaling.min)
}

/// The number of tasks that the service itself is held to; null where something else sets it.
///
/// Scaling and the schedule both change the number while the stack runs, so that with either of them it is no property of the stack
/// file: a deployment that put it back would stop tasks in the middle of calls (aws-behaviours row 46).
pub(super) fn desired_count(stack: &Stack, image: Option<&str>) -> Value {
    let moved = is_on(stack) || stack.auto_shutdown.is_some();
    match image {
        Some(_) if moved => Value::Null,
        _ => json!(least(stack, image)),
    }
}

/// One target, and a policy for each quantity: the one that asks for most tasks has its way.
pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    if !is_on(stack) {
        return Vec::new();
    }
    let scaling = &stack.service.scaling;
    // A schedule takes the least number to 0 and back: what it last set is not drift.
    let min = match stack.auto_shutdown {
        Some(_) => Value::Null,
        None => json!(least(stack, image)),
    };
    let target = Node::new(
        "scaling_target",
        "service",
        json!({
            "cluster": "${ecs_cluster.main.name}",
            "service": "${ecs_service.service.name}",
            "min_capacity": min,
            "max_capacity": scaling.max,
        }),
    );
    let mut nodes = vec![
        target,
        percent(
            stack,
            "cpu",
            "ECSServiceAverageCPUUtilization",
            scaling.target_cpu,
        ),
        percent(
            stack,
            "memory",
            "ECSServiceAverageMemoryUtilization",
            scaling.target_memory,
        ),
    ];
    nodes.extend(
        scaling
            .calls_per_minute_per_task
            .map(|calls| calls_policy(stack, calls)),
    );
    nodes
}

fn percent(stack: &Stack, name: &str, metric: &str, target: u32) -> Node {
    policy(stack, name, target, ("predefined_metric", json!(metric)))
}

/// Each task publishes the calls it took in the last minute; the mean over tasks falls as tasks are added.
fn calls_policy(stack: &Stack, target: u32) -> Node {
    let metric = json!({
        "namespace": NAMESPACE,
        "metric_name": CALLS_PER_MINUTE,
        "dimensions": { "Stack": stack.stack },
        "statistic": "Average",
    });
    policy(stack, "calls", target, ("custom_metric", metric))
}

fn policy(stack: &Stack, name: &str, target: u32, (key, metric): (&str, Value)) -> Node {
    let scaling = &stack.service.scaling;
    let mut properties = json!({
        "target": "${scaling_target.service.resource}",
        "policy_name": name,
        "target_value": target,
        "scale_out_cooldown_seconds": scaling.scale_out_cooldown.seconds(),
        "scale_in_cooldown_seconds": scaling.scale_in_cooldown.seconds(),
    });
    properties[key] = metric;
    Node::new("scaling_policy", name, properties)
}
