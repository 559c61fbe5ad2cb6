//! The booking service on Fargate.

use super::{Node, network::public_subnets, security::group_with_rules};
use crate::{
    Stack,
    stack::{Architecture, Capacity, Environment},
};
use serde_json::{Map, Value, json};

/// The container's name; the target group finds the port by it.
const CONTAINER: &str = "service";

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    vec![
        cluster(stack),
        task_definition(stack, image),
        service(stack, image),
    ]
}

/// Container Insights is billed per metric, so development does without.
fn cluster(stack: &Stack) -> Node {
    let insights = match stack.environment {
        Environment::Development => "disabled",
        Environment::Staging | Environment::Production => "enabled",
    };
    let properties = json!({ "container_insights": insights, "capacity_providers": ["FARGATE", "FARGATE_SPOT"] });
    Node::new("ecs_cluster", "main", properties)
}

fn task_definition(stack: &Stack, image: Option<&str>) -> Node {
    let service = &stack.service;
    let architecture = match service.architecture {
        Architecture::Arm64 => "ARM64",
        Architecture::X86_64 => "X86_64",
    };
    // ECS accepts a definition whose image does not exist; nothing pulls it while no task is wanted.
    let image = image.unwrap_or("${ecr_repository.service.uri}:bootstrap");
    let properties = json!({
        "cpu": service.cpu,
        "memory": service.memory,
        "architecture": architecture,
        "execution_role": "${iam_role.execution.arn}",
        "task_role": "${iam_role.task.arn}",
        "container": {
            "name": CONTAINER,
            "image": image,
            "port": service.port,
            "environment": environment(stack),
            "log_group": "${log_group.service.name}",
            "log_region": stack.region,
            "log_stream_prefix": CONTAINER,
        },
    });
    Node::new("task_definition", "service", properties)
}

/// The variables of the service. `PUBLIC_BASE_URL` is the load balancer's own name unless the stack file says another: Twilio signs the
/// URL it was given, and in this release no listener answers on a domain.
fn environment(stack: &Stack) -> Value {
    let mut variables = Map::new();
    variables.insert("ENVIRONMENT".to_owned(), json!(stack.environment));
    variables.insert(
        "BIND".to_owned(),
        json!(format!("0.0.0.0:{}", stack.service.port)),
    );
    variables.insert(
        "PUBLIC_BASE_URL".to_owned(),
        json!("http://${load_balancer.public.dns_name}"),
    );
    for (name, value) in &stack.service.environment {
        variables.insert(name.to_string(), json!(value));
    }
    Value::Object(variables)
}

fn service(stack: &Stack, image: Option<&str>) -> Node {
    let capacity = match stack.service.capacity {
        Capacity::Fargate => "FARGATE",
        Capacity::FargateSpot => "FARGATE_SPOT",
    };
    let properties = json!({
        "cluster": "${ecs_cluster.main.arn}",
        "task_definition": "${task_definition.service.arn}",
        "desired_count": image.map_or(0, |_| stack.service.scaling.min),
        "capacity_provider": capacity,
        "subnets": public_subnets(stack),
        "security_groups": group_with_rules(stack, "task"),
        "assign_public_ip": true,
        // Through the listener: ECS refuses a target group that no listener forwards to.
        "target_group": "${listener.http.target_group}",
        "container_name": CONTAINER,
        "container_port": stack.service.port,
    });
    Node::new("ecs_service", "service", properties)
}
