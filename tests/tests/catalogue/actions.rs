//! Which IAM permissions a kind's calls need, against those it declares.

use std::collections::{BTreeMap, BTreeSet};

/// Declared permissions that no call in the sandbox shows, and why they are needed all the same.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("task_definition", "iam:PassRole", BY_AWS),
    ("ecs_service", "iam:PassRole", BY_AWS),
    ("load_balancer", "ec2:DescribeAccountAttributes", BY_AWS),
    ("load_balancer", "ec2:DescribeAddresses", BY_AWS),
    ("load_balancer", "ec2:DescribeInternetGateways", BY_AWS),
    ("load_balancer", "ec2:DescribeSecurityGroups", BY_AWS),
    ("load_balancer", "ec2:DescribeSubnets", BY_AWS),
    ("load_balancer", "ec2:DescribeVpcs", BY_AWS),
    ("load_balancer", "iam:CreateServiceLinkedRole", BY_AWS),
    ("target_group", "ec2:DescribeInternetGateways", BY_AWS),
    ("target_group", "ec2:DescribeVpcs", BY_AWS),
    ("scaling_target", "ecs:UpdateService", BY_AWS),
    ("scaling_target", "iam:CreateServiceLinkedRole", BY_AWS),
    ("scaling_policy", "cloudwatch:DeleteAlarms", BY_AWS),
    ("scaling_policy", "cloudwatch:DescribeAlarms", BY_AWS),
    ("scaling_policy", "cloudwatch:PutMetricAlarm", BY_AWS),
    ("schedule", "iam:PassRole", BY_AWS),
    ("s3_bucket", "s3:TagResource", BY_AWS),
    ("sns_subscription", "sns:ListTagsForResource", AT_ONCE),
    ("schedule", "scheduler:ListTagsForResource", AT_ONCE),
    ("schedule", "scheduler:GetScheduleGroup", ADOPTED),
    ("sqs_queue", "sqs:GetQueueUrl", ADOPTED),
    ("db_instance", "ec2:DescribeSecurityGroups", BY_AWS),
    ("db_instance", "ec2:DescribeSubnets", BY_AWS),
    ("db_instance", "ec2:DescribeVpcs", BY_AWS),
    ("db_instance", "iam:CreateServiceLinkedRole", BY_AWS),
    ("db_instance", "kms:DescribeKey", BY_AWS),
    ("db_instance", "rds:CreateDBSnapshot", BY_AWS),
    ("db_instance", "secretsmanager:CreateSecret", BY_AWS),
    ("db_instance", "secretsmanager:TagResource", BY_AWS),
    ("replication_group", "ec2:CreateNetworkInterface", BY_AWS),
    ("replication_group", "ec2:DeleteNetworkInterface", BY_AWS),
    ("replication_group", "ec2:DescribeNetworkInterfaces", BY_AWS),
    ("replication_group", "ec2:DescribeSubnets", BY_AWS),
    ("replication_group", "ec2:DescribeVpcs", BY_AWS),
    ("replication_group", "iam:CreateServiceLinkedRole", BY_AWS),
    ("serverless_cache", "ec2:CreateTags", BY_AWS),
    ("serverless_cache", "ec2:CreateVpcEndpoint", BY_AWS),
    ("serverless_cache", "ec2:DeleteVpcEndpoints", BY_AWS),
    ("serverless_cache", "ec2:DescribeSecurityGroups", BY_AWS),
    ("serverless_cache", "ec2:DescribeSubnets", BY_AWS),
    ("serverless_cache", "ec2:DescribeVpcEndpoints", BY_AWS),
    ("serverless_cache", "ec2:DescribeVpcs", BY_AWS),
    ("serverless_cache", "iam:CreateServiceLinkedRole", BY_AWS),
];

const AT_ONCE: &str =
    "the sandbox's tagging service knows a new object at once, AWS's does seconds later";

const ADOPTED: &str = "only what was adopted under another name than ours is asked for so";

const BY_AWS: &str = "AWS checks it on the caller inside another call (Service Authorization Reference, dependent actions)";

/// Calls that a kind made and does not declare.
pub(crate) fn undeclared(
    declared: &BTreeMap<&str, BTreeSet<&str>>,
    called: &BTreeMap<&str, BTreeSet<String>>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, actions) in called {
        let missing = actions
            .iter()
            .filter(|action| !declared[kind].contains(action.as_str()));
        found.extend(
            missing.map(|action| format!("{kind}: calls {action} and does not declare it")),
        );
    }
    found
}

/// Permissions that a kind declares and never used, unless a reason is known; and reasons that no
/// longer hold.
pub(crate) fn unused(
    declared: &BTreeMap<&str, BTreeSet<&str>>,
    called: &BTreeMap<&str, BTreeSet<String>>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, actions) in declared {
        for action in actions {
            let is_seen = called[kind].contains(*action);
            let mut excuses = UNSEEN.iter().filter(|(k, a, _)| k == kind && a == action);
            let excuse = excuses.next().map(|(_, _, why)| *why);
            match (is_seen, excuse) {
                (false, None) => found.push(format!("{kind}: declares {action} and never used it")),
                // Two stacks of which one's name begins like the other's make it needed after all.
                (true, Some(AT_ONCE)) => {}
                (true, Some(_)) => found.push(format!(
                    "{kind}: {action} is used, so UNSEEN must not name it"
                )),
                _ => {}
            }
        }
    }
    let is_declared = |kind: &str, action: &str| {
        declared
            .get(kind)
            .is_some_and(|actions| actions.contains(action))
    };
    for (kind, action, _) in UNSEEN {
        if !is_declared(kind, action) {
            found.push(format!(
                "{kind}: UNSEEN names {action}, which it does not declare"
            ));
        }
    }
    found
}
