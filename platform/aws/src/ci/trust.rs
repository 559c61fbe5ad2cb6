//! Who may assume the roles.

use serde_json::{Value, json};

use super::repository::{Environment, Repository};

/// The issuer of the tokens that GitHub signs for its jobs, without the scheme.
pub(super) const ISSUER: &str = "token.actions.githubusercontent.com";
/// Whom the tokens are for, as the official action asks for them.
pub(super) const AUDIENCE: &str = "sts.amazonaws.com";

/// The ARN of the identity provider in an account.
pub(super) fn provider(account: &str) -> String {
    format!("arn:aws:iam::{account}:oidc-provider/{ISSUER}")
}

/// Jobs of pull requests, and those that run by the clock on `main`. GitHub gives no token that may be signed to a pull request from a fork.
pub(super) fn looking(repository: &Repository) -> Vec<String> {
    vec![
        format!("repo:{repository}:pull_request"),
        format!("repo:{repository}:ref:refs/heads/main"),
    ]
}

/// Jobs that GitHub let into one of these environments, by the environment's rules.
pub(super) fn in_environments(repository: &Repository, names: &[Environment]) -> Vec<String> {
    let subject = |name| format!("repo:{repository}:environment:{name}");
    names.iter().map(subject).collect()
}

/// The trust policy for jobs with one of these subjects and no others.
pub(super) fn policy(account: &str, subjects: &[String]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": provider(account)},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {
                format!("{ISSUER}:aud"): AUDIENCE,
                format!("{ISSUER}:sub"): subjects,
            }},
        }],
    })
}
