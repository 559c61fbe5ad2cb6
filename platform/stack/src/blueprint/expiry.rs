//! The end of a stack that is made for a while, by EventBridge Scheduler itself: what can be stopped is stopped, should nobody ever
//! remove it.
//!
//! The rules repeat every hour from the end on, rather than once: a database that is stopped wakes by itself after seven days
//! (aws-behaviours row 59), and a deployment starts tasks again. The end is their start date, which no later plan compares: it is moved
//! with the stack's life, and AWS is the one place that it is kept.

use super::{Node, database, roles, scaling};
use crate::Stack;
use crate::stack::Life;
use serde_json::{Value, json};

/// The group of the rules: they fail as a rule once all is stopped, and Scheduler counts that by group.
const GROUP: &str = "expiry";
/// How often it is said again.
const EVERY: &str = "rate(1 hour)";
/// A failed call is not repeated before the next hour: RDS refuses to stop what is stopped, and a repetition would stop what was started
/// meanwhile.
const RETRIES: u32 = 0;

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let Some(life) = &stack.ephemeral.life else {
        return Vec::new();
    };
    let mut nodes = vec![Node::new("schedule_group", GROUP, json!({})), role(stack)];
    if scaling::is_on(stack) {
        nodes.push(rule(
            life,
            "expire_scaling",
            "applicationautoscaling:registerScalableTarget",
            json!({
                "ServiceNamespace": "ecs",
                "ScalableDimension": "ecs:service:DesiredCount",
                "ResourceId": "${scaling_target.service.resource}",
                "MinCapacity": 0,
            }),
        ));
    }
    nodes.push(rule(
        life,
        "expire_service",
        "ecs:updateService",
        json!({
            "Cluster": "${ecs_cluster.main.arn}",
            "Service": "${ecs_service.service.name}",
            "DesiredCount": 0,
        }),
    ));
    if database::has_server(stack) {
        nodes.push(rule(
            life,
            "expire_database",
            "rds:stopDBInstance",
            json!({ "DbInstanceIdentifier": "${db_instance.main.identifier}" }),
        ));
    }
    nodes
}

fn rule(life: &Life, name: &str, call: &str, input: Value) -> Node {
    let from = life.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let properties = json!({
        "group": format!("${{schedule_group.{GROUP}.name}}"),
        "schedule_name": name.replace('_', "-"),
        "expression": EVERY,
        "start_date": from,
        "target": {
            "arn": format!("arn:aws:scheduler:::aws-sdk:{call}"),
            "role": "${iam_role.expiry.arn}",
            "input": input,
            "retry_attempts": RETRIES,
        },
    });
    Node::new("schedule", name, properties)
}

/// What the rules may do: exactly the calls they make, on this stack's objects.
fn role(stack: &Stack) -> Node {
    let mut statements = vec![json!({
        "Effect": "Allow",
        "Action": ["ecs:DescribeServices", "ecs:UpdateService"],
        "Resource": ["${ecs_service.service.arn}"],
    })];
    if database::has_server(stack) {
        statements.push(json!({
            "Effect": "Allow",
            "Action": ["rds:StopDBInstance"],
            "Resource": ["${db_instance.main.arn}"],
        }));
    }
    if scaling::is_on(stack) {
        // A scalable target has no ARN that is known before it exists; the conditions name the one dimension.
        statements.push(json!({
            "Effect": "Allow",
            "Action": ["application-autoscaling:RegisterScalableTarget"],
            "Resource": ["*"],
            "Condition": { "StringEquals": {
                "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
                "application-autoscaling:service-namespace": "ecs",
            } },
        }));
    }
    let trust = json!([{
        "Effect": "Allow",
        "Principal": { "Service": "scheduler.amazonaws.com" },
        "Action": "sts:AssumeRole",
        "Condition": { "ArnEquals": { "aws:SourceArn": [format!("${{schedule_group.{GROUP}.arn}}")] } },
    }]);
    Node::new(
        "iam_role",
        GROUP,
        json!({
            "description": "stops the stack when its time is over",
            "assume_role_policy": roles::policy(trust),
            "policies": { "expiry": roles::policy(Value::Array(statements)) },
        }),
    )
}
