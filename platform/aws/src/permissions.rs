//! What runs have to be allowed: IAM actions, by what a run does.
//!
//! What the kinds need they say themselves; here stands what commands ask beside them.

use std::collections::BTreeSet;

use crate::kinds::KINDS;

/// What every run asks beside the kinds: who it is, where the stack is, and after a teardown what is
/// left.
pub(crate) const EVERY_RUN: &[&str] = &[
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRegions",
    "ec2:DescribeVpcs",
    "iam:ListRoleTags",
    "iam:ListRoles",
    "rds:DescribeDBSnapshots",
    "sts:GetCallerIdentity",
    "tag:GetResources",
];

/// What a ledger in a bucket needs, on that bucket.
pub(crate) const LEDGER: &[&str] = &["s3:GetObject", "s3:ListBucket", "s3:PutObject"];

/// What `bella bootstrap` needs for the bucket.
pub(crate) const BOOTSTRAP: &[&str] = &[
    "s3:CreateBucket",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
];

/// What `bella bootstrap --github` needs beside that.
pub(crate) const BOOTSTRAP_ROLES: &[&str] = &[
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:AttachRolePolicy",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:DeletePolicyVersion",
    "iam:DetachRolePolicy",
    "iam:GetOpenIDConnectProvider",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListPolicyVersions",
    "iam:TagOpenIDConnectProvider",
    "iam:TagPolicy",
    "iam:TagRole",
    "iam:UpdateAssumeRolePolicy",
];

/// What `bella secret` needs.
pub(crate) const SECRETS: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecrets",
    "secretsmanager:PutSecretValue",
];

/// What `bella why` needs beside a look.
pub(crate) const WHY: &[&str] = &[
    "cloudwatch:DescribeAlarms",
    "ecs:DescribeServiceDeployments",
    "ecs:DescribeServiceRevisions",
    "ecs:DescribeTasks",
    "ecs:ListServiceDeployments",
    "ecs:ListTasks",
    "elasticloadbalancing:DescribeTargetHealth",
    "logs:GetLogEvents",
];

/// What `bella schedule` needs beside a plan: what the schedules' own role may do.
pub(crate) const SCHEDULE: &[&str] = &["rds:StartDBInstance", "rds:StopDBInstance"];

/// What `bella cost rightsize` needs beside a look.
pub(crate) const RIGHTSIZE: &[&str] = &["cloudwatch:GetMetricData"];

/// What `bella cost report` needs beside a look.
pub(crate) const REPORT: &[&str] = &[
    "ce:GetCostAndUsage",
    "ce:GetCostForecast",
    "ce:ListCostAllocationTags",
    "cloudwatch:GetMetricData",
    "ec2:DescribeAddresses",
];

/// What `bella deploy` and `rollback` need beside a plan, secrets and `bella why`: network ACLs, the registry,
/// the migration task, and the end of a rollout that fails.
pub(crate) const DEPLOY: &[&str] = &[
    "ec2:DescribeNetworkAcls",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "ecs:RunTask",
    "ecs:StopServiceDeployment",
    "ecs:StopTask",
    "ecs:TagResource",
];

/// What plan, provision and teardown of a stack of every kind need.
pub(crate) fn run() -> BTreeSet<&'static str> {
    let kinds = KINDS.iter().flat_map(|kind| kind.actions());
    kinds.chain(EVERY_RUN).copied().collect()
}

/// Whether an action changes nothing and shows no secret, no image and no line of a log.
pub(crate) fn is_look(action: &str) -> bool {
    const SHOWS: &[&str] = &[
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "logs:GetLogEvents",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    ];
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let reads = ["Describe", "Get", "List", "View"];
    !SHOWS.contains(&action) && reads.iter().any(|verb| name.starts_with(verb))
}
