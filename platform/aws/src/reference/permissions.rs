//! What a run may have to be allowed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::kinds::KINDS;

/// What every run asks beside the kinds: who it is, where the stack is, and after a teardown what is
/// left.
const EVERY_RUN: &[&str] = &[
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRegions",
    "ec2:DescribeVpcs",
    "iam:ListRoleTags",
    "iam:ListRoles",
    "sts:GetCallerIdentity",
    "tag:GetResources",
];
/// What a ledger in a bucket needs, on that bucket.
const LEDGER: &[&str] = &["s3:GetObject", "s3:ListBucket", "s3:PutObject"];
/// What `bella bootstrap` needs.
const BOOTSTRAP: &[&str] = &[
    "s3:CreateBucket",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
];
/// What `bella secret` needs.
const SECRETS: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecrets",
    "secretsmanager:PutSecretValue",
];

/// What `bella why` needs beside a look.
const WHY: &[&str] = &[
    "cloudwatch:DescribeAlarms",
    "ecs:DescribeServiceDeployments",
    "ecs:DescribeServiceRevisions",
    "ecs:DescribeTasks",
    "ecs:ListServiceDeployments",
    "ecs:ListTasks",
    "elasticloadbalancing:DescribeTargetHealth",
    "logs:GetLogEvents",
];

/// The page.
pub(super) fn page() -> String {
    let kinds = KINDS.iter().flat_map(|kind| kind.actions());
    let run: BTreeSet<&str> = kinds.chain(EVERY_RUN).copied().collect();
    format!(
        "# Permissions\n\n\
         What the credentials of `bella plan`, `provision` and `teardown` have to allow when a stack uses every\n\
         kind; [kinds](kinds/README.md) list what each one needs. That a kind needs no more than it says is tested\n\
         against the log of its calls.\n\n{}\n\
         ## A ledger in a bucket\n\n\
         On the bucket `bella-ledger-<account>-<region>` and its objects:\n\n{}\n\
         ## `bella bootstrap`\n\nOnce for an account and region, on that bucket:\n\n{}\n\
         ## `bella secret`\n\nOn `bella/<stack>/*`; `GetSecretValue` only for `--key`:\n\n{}\n\
         ## `bella why`\n\nBeside what a plan reads; stopping a rollout needs `ecs:StopServiceDeployment` too:\n\n{}",
        block(&policy(&run)),
        list(LEDGER),
        list(BOOTSTRAP),
        list(SECRETS),
        list(WHY),
    )
}

/// One statement a service, so that a policy can be cut where IAM's limit of 6,144 characters wants
/// it.
fn policy(actions: &BTreeSet<&str>) -> Value {
    let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service).or_default().push(action);
    }
    let statements: Vec<Value> = services
        .into_iter()
        .map(|(service, actions)| {
            let sid: String = service
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"})
        })
        .collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn block(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("```json\n{text}\n```\n")
}

fn list(actions: &[&str]) -> String {
    actions
        .iter()
        .map(|action| format!("- `{action}`\n"))
        .collect()
}
