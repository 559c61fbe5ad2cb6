//! The booking service on Fargate.

use super::{
    Node, cache, edge, network::task_subnets, scaling, security::group_with_rules, variables,
};
use crate::{
    Stack,
    stack::{Architecture, Capacity, Egress},
};
use serde_json::{Map, Value, json};

/// The container's name; the target group finds the port by it.
const CONTAINER: &str = "service";

/// Address of the booking service.
pub const SERVICE: &str = "ecs_service.service";

/// The tag in a definition that no image has been deployed to yet; nothing is ever pushed under it.
const NO_IMAGE: &str = "bootstrap";

/// Whether an image that a definition names is only the placeholder of a stack that nothing was deployed to.
pub fn is_placeholder(image: &str) -> bool {
    image
        .rsplit_once(':')
        .is_some_and(|(_, tag)| tag == NO_IMAGE)
}

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    vec![
        cluster(),
        task_definition(stack, image),
        service(stack, image),
    ]
}

/// Container Insights is billed by the metric, about $11 a month for one service (Container Insights user guide), and nothing reads it:
/// scaling and alarms use the metrics that ECS gives for nothing.
fn cluster() -> Node {
    let properties = json!({ "container_insights": "disabled", "capacity_providers": ["FARGATE", "FARGATE_SPOT"] });
    Node::new("ecs_cluster", "main", properties)
}

fn task_definition(stack: &Stack, image: Option<&str>) -> Node {
    let mut container = container(stack, image, CONTAINER);
    container.insert("environment".to_owned(), variables::plain(stack).into());
    let secrets = variables::secret(stack);
    if !secrets.is_empty() {
        container.insert("secrets".to_owned(), secrets.into());
    }
    let mut task = task(
        stack,
        "${iam_role.execution.arn}",
        "${iam_role.task.arn}",
        container,
    );
    let sidecars = cache::sidecars(stack);
    if !sidecars.is_empty() {
        task["sidecars"] = sidecars.into();
    }
    Node::new("task_definition", "service", task)
}

/// A task of the service's size with this container.
pub(super) fn task(
    stack: &Stack,
    execution_role: &str,
    task_role: &str,
    container: Map<String, Value>,
) -> Value {
    let service = &stack.service;
    let architecture = match service.architecture {
        Architecture::Arm64 => "ARM64",
        Architecture::X86_64 => "X86_64",
    };
    json!({
        "cpu": service.cpu,
        "memory": service.memory,
        "architecture": architecture,
        "execution_role": execution_role,
        "task_role": task_role,
        "container": container,
    })
}

/// A container of the service's image that logs under this name.
pub(super) fn container(stack: &Stack, image: Option<&str>, name: &str) -> Map<String, Value> {
    // ECS accepts a definition whose image does not exist; nothing pulls it while no task is wanted.
    let none = format!("${{ecr_repository.service.uri}}:{NO_IMAGE}");
    let image = image.unwrap_or(&none);
    let mut container = Map::new();
    let mut set = |key: &str, value: Value| container.insert(key.to_owned(), value);
    set("name", json!(name));
    set("image", json!(image));
    set("port", json!(stack.service.port));
    set("log_group", json!("${log_group.service.name}"));
    set("log_region", json!(stack.region));
    set("log_stream_prefix", json!(name));
    container
}

fn service(stack: &Stack, image: Option<&str>) -> Node {
    let capacity = match stack.service.capacity {
        Capacity::Fargate => "FARGATE",
        Capacity::FargateSpot => "FARGATE_SPOT",
    };
    let properties = json!({
        "cluster": "${ecs_cluster.main.arn}",
        "task_definition": "${task_definition.service.arn}",
        "desired_count": scaling::desired_count(stack, image),
        "capacity_provider": capacity,
        "subnets": task_subnets(stack),
        "security_groups": group_with_rules(stack, "task"),
        "assign_public_ip": stack.network.egress == Egress::PublicIp,
        // Through the listener: ECS refuses a target group that no listener forwards to.
        "target_group": format!("${{listener.{}.target_group}}", edge::forwarding(stack)),
        "container_name": CONTAINER,
        "container_port": stack.service.port,
    });
    Node::new("ecs_service", "service", properties)
}
