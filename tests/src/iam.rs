//! The IAM actions of calls.

use std::collections::BTreeSet;

/// AWS's service ids, as clients name themselves; the names they sign for, as the sandbox logs
/// them; and the prefixes of their IAM actions.
const SERVICES: &[(&str, &str, &str)] = &[
    ("ACM", "acm", "acm"),
    (
        "Application Auto Scaling",
        "application-autoscaling",
        "application-autoscaling",
    ),
    ("Budgets", "budgets", "budgets"),
    ("CloudWatch", "monitoring", "cloudwatch"),
    ("CloudWatch Logs", "logs", "logs"),
    ("Cost Explorer", "ce", "ce"),
    ("EC2", "ec2", "ec2"),
    ("ECR", "ecr", "ecr"),
    ("ECS", "ecs", "ecs"),
    (
        "Elastic Load Balancing v2",
        "elasticloadbalancing",
        "elasticloadbalancing",
    ),
    ("ElastiCache", "elasticache", "elasticache"),
    ("IAM", "iam", "iam"),
    ("RDS", "rds", "rds"),
    ("Resource Groups Tagging API", "tagging", "tag"),
    ("Route 53", "route53", "route53"),
    ("S3", "s3", "s3"),
    ("Scheduler", "scheduler", "scheduler"),
    ("Secrets Manager", "secretsmanager", "secretsmanager"),
    ("SNS", "sns", "sns"),
    ("SQS", "sqs", "sqs"),
    ("STS", "sts", "sts"),
];

/// Operations whose IAM action has another name (Service Authorization Reference); all others are
/// actions of their own name.
const RENAMED: &[(&str, &str)] = &[
    ("budgets:CreateBudget", "ModifyBudget"),
    ("budgets:CreateNotification", "ModifyBudget"),
    ("budgets:CreateSubscriber", "ModifyBudget"),
    ("budgets:DeleteBudget", "ModifyBudget"),
    ("budgets:DeleteNotification", "ModifyBudget"),
    ("budgets:DeleteSubscriber", "ModifyBudget"),
    (
        "budgets:DescribeBudgetNotificationsForAccount",
        "ViewBudget",
    ),
    ("budgets:DescribeBudget", "ViewBudget"),
    ("budgets:DescribeBudgets", "ViewBudget"),
    ("budgets:DescribeNotificationsForBudget", "ViewBudget"),
    ("budgets:DescribeSubscribersForNotification", "ViewBudget"),
    ("budgets:UpdateBudget", "ModifyBudget"),
    ("s3:DeleteBucketEncryption", "PutEncryptionConfiguration"),
    ("s3:DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    ("s3:DeleteBucketTagging", "PutBucketTagging"),
    ("s3:DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("s3:GetBucketEncryption", "GetEncryptionConfiguration"),
    (
        "s3:GetBucketLifecycleConfiguration",
        "GetLifecycleConfiguration",
    ),
    ("s3:GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("s3:HeadBucket", "ListBucket"),
    ("s3:HeadObject", "GetObject"),
    ("s3:ListBuckets", "ListAllMyBuckets"),
    ("s3:ListObjectsV2", "ListBucket"),
    ("s3:PutBucketEncryption", "PutEncryptionConfiguration"),
    (
        "s3:PutBucketLifecycleConfiguration",
        "PutLifecycleConfiguration",
    ),
    ("s3:PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
];

/// The IAM actions of calls `<service id>:<operation>`, as clients count them.
#[must_use]
pub fn actions_of(calls: &BTreeSet<String>) -> BTreeSet<String> {
    let action = |call: &String| {
        let ((_, _, prefix), operation) = service_of(call);
        renamed(prefix, operation)
    };
    calls.iter().map(action).collect()
}

/// The IAM action of a call as the sandbox logs it; `None` for a service that no client talks to.
#[must_use]
pub fn action_of_logged(service: &str, operation: &str) -> Option<String> {
    let known = SERVICES.iter().find(|(_, signed, _)| *signed == service);
    known.map(|(_, _, prefix)| renamed(prefix, operation))
}

/// Calls `<service id>:<operation>` as the sandbox logs them.
#[must_use]
pub fn logged(calls: &BTreeSet<String>) -> BTreeSet<String> {
    let signed = |call: &String| {
        let ((_, name, _), operation) = service_of(call);
        format!("{name}:{operation}")
    };
    calls.iter().map(signed).collect()
}

fn renamed(prefix: &str, operation: &str) -> String {
    let call = format!("{prefix}:{operation}");
    match RENAMED.iter().find(|(name, _)| *name == call) {
        Some((_, action)) => format!("{prefix}:{action}"),
        None => call,
    }
}

fn service_of(call: &str) -> (&'static (&'static str, &'static str, &'static str), &str) {
    let (service, operation) = call.rsplit_once(':').expect("counted as service:operation");
    let known = SERVICES.iter().find(|(id, _, _)| *id == service);
    (
        known.unwrap_or_else(|| panic!("SERVICES has no service {service}")),
        operation,
    )
}
