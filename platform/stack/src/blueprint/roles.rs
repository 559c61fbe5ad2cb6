//! The roles of a task: one that starts it, one it runs as.

use super::Node;
use serde_json::{Value, json};

pub(super) fn nodes() -> Vec<Node> {
    vec![
        Node::new(
            "iam_role",
            "execution",
            json!({
                "description": "starts the booking service: pulls its image, writes its log",
                "assume_role_policy": trust(),
                "policies": { "pull": pull(), "log": log() },
            }),
        ),
        Node::new(
            "iam_role",
            "task",
            json!({
                "description": "what the booking service itself may do",
                "assume_role_policy": trust(),
                "policies": { "metrics": metrics() },
            }),
        ),
    ]
}

fn policy(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// ECS tasks may take the role. The account's number is not known before AWS is asked, so no condition names it; ECS takes a role only
/// for a task definition that a principal with `iam:PassRole` in the same account registered.
fn trust() -> Value {
    policy(json!([{
        "Effect": "Allow",
        "Principal": { "Service": "ecs-tasks.amazonaws.com" },
        "Action": "sts:AssumeRole",
    }]))
}

/// A registry token has no resource to be limited to; everything else is limited to the one repository.
fn pull() -> Value {
    policy(json!([
        { "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"] },
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": ["${ecr_repository.service.arn}"],
        },
    ]))
}

fn log() -> Value {
    policy(json!([{
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": ["${log_group.service.arn}:*"],
    }]))
}

/// Metrics have no resource to be limited to; the namespace limits them.
fn metrics() -> Value {
    policy(json!([{
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": ["*"],
        "Condition": { "StringEquals": { "cloudwatch:namespace": "Bella/Voice" } },
    }]))
}
