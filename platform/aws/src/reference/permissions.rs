//! What a run may have to be allowed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::permissions::{
    BOOTSTRAP, BOOTSTRAP_ROLES, DEPLOY, LEDGER, REPORT, RIGHTSIZE, SCHEDULE, SECRETS, WHY, run,
};

/// The page.
pub(super) fn page() -> String {
    format!(
        "# Permissions\n\n\
         What the credentials of `bella plan`, `provision` and `teardown` have to allow when a stack uses every\n\
         kind; [kinds](kinds/README.md) list what each one needs. That a kind needs no more than it says is tested\n\
         against the log of its calls.\n\n{}\n\
         ## A ledger in a bucket\n\n\
         On the bucket `bella-ledger-<account>-<region>` and its objects:\n\n{}\n\
         ## `bella bootstrap`\n\nOnce for an account and region, on that bucket:\n\n{}\n\
         With `--github`, on the roles and policies `bella-ci-*` and GitHub's identity provider:\n\n{}\n\
         ## `bella secret`\n\nOn `bella/<stack>/*`; `GetSecretValue` only for `--key`:\n\n{}\n\
         ## `bella why`\n\nBeside what a plan reads; stopping a rollout needs `ecs:StopServiceDeployment` too:\n\n{}\n\
         ## `bella schedule stop` and `start`\n\nBeside what a plan and its schedules need:\n\n{}\n\
         ## `bella cost rightsize`\n\nBeside what a plan reads:\n\n{}\n\
         ## `bella cost report`\n\nBeside what a plan reads, and on the stacks' secrets `GetSecretValue`, to ask the service for its calls:\n\n{}\n\
         ## `bella deploy` and `rollback`\n\nBeside all of these but `bootstrap`'s and those of `cost`:\n\n{}",
        block(&policy(&run())),
        list(LEDGER),
        list(BOOTSTRAP),
        list(BOOTSTRAP_ROLES),
        list(SECRETS),
        list(WHY),
        list(SCHEDULE),
        list(RIGHTSIZE),
        list(REPORT),
        list(DEPLOY),
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
