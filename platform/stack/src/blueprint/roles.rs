//! The roles of a task: one that starts it, one it runs as.

use super::{Node, alarms::NAMESPACE, secrets};
use crate::Stack;
use serde_json::{Map, Value, json};

pub(super) fn nodes(stack: &Stack) -> Vec<Node> {
    let mut starts = Map::new();
    starts.insert("pull".to_owned(), pull());
    starts.insert("log".to_owned(), log());
    let secrets = secrets::arns(stack);
    if !secrets.is_empty() {
        starts.insert("secrets".to_owned(), read(&secrets));
    }
    vec![
        Node::new(
            "iam_role",
            "execution",
            json!({
                "description": "starts the booking service: pulls its image, writes its log",
                "assume_role_policy": trust_of_tasks(),
                "policies": starts,
            }),
        ),
        Node::new(
            "iam_role",
            "task",
            json!({
                "description": "what the booking service itself may do",
                "assume_role_policy": trust_of_tasks(),
                "policies": { "metrics": metrics() },
            }),
        ),
    ]
}

/// A policy of these statements.
pub(super) fn policy(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// ECS tasks may take the role. The account's number is not known before AWS is asked, so no condition names it; ECS takes a role only
/// for a task definition that a principal with `iam:PassRole` in the same account registered.
pub(super) fn trust_of_tasks() -> Value {
    policy(json!([{
        "Effect": "Allow",
        "Principal": { "Service": "ecs-tasks.amazonaws.com" },
        "Action": "sts:AssumeRole",
    }]))
}

/// A registry token has no resource to be limited to; everything else is limited to the one repository.
pub(super) fn pull() -> Value {
    policy(json!([
        { "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"] },
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": ["${ecr_repository.service.arn}"],
        },
    ]))
}

/// Writing into the service's log group.
pub(super) fn log() -> Value {
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
        "Condition": { "StringEquals": { "cloudwatch:namespace": NAMESPACE } },
    }]))
}

/// Reading exactly these secrets.
fn read(secrets: &[String]) -> Value {
    policy(json!([{
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": secrets,
    }]))
}
