//! What an account should have for a repository.

use std::collections::BTreeSet;

use serde_json::Value;

use super::policies::{documents, ledger, statements};
use super::repository::{Environment, Repository};
use super::trust;
use crate::ledger::Location;
use crate::permissions::{self, DEPLOY, LEDGER, REPORT, SCHEDULE, SECRETS, WHY, is_look};

/// The role of plans: it looks, and reads the ledger.
pub const PLAN_ROLE: &str = "bella-ci-plan";
/// The role of deployments: it makes, changes and removes stacks.
pub const DEPLOY_ROLE: &str = "bella-ci-deploy";

/// A role as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Its name. Roles of stacks live below the path `/bella/`, where this one is allowed to change
    /// roles; its own is `/`, so that it cannot change itself.
    pub role: &'static str,
    /// What it is for, as the account's owner reads it.
    pub description: String,
    /// Subjects of the tokens it trusts.
    pub subjects: Vec<String>,
    /// Its trust policy.
    pub trust: Value,
    /// Its managed policies by name.
    pub policies: Vec<(String, Value)>,
}

/// The roles that the workflows of `repository` need in `account`: permissions are those that the
/// kinds and commands declare.
#[must_use]
pub fn wanted(
    account: &str,
    repository: &Repository,
    environments: &[Environment],
    at: &Location,
) -> Vec<Wanted> {
    let run = permissions::run();
    let looks = run.iter().chain(REPORT).copied();
    let looks: BTreeSet<&str> = looks.filter(|one| is_look(one)).collect();
    let beside = [DEPLOY, REPORT, SECRETS, WHY, SCHEDULE].concat();
    let changes: BTreeSet<&str> = run.into_iter().chain(beside).collect();
    let reads: Vec<&str> = LEDGER
        .iter()
        .copied()
        .filter(|one| !one.contains("Put"))
        .collect();
    vec![
        role(
            PLAN_ROLE,
            format!("Plans for pull requests and reports of {repository}"),
            account,
            trust::looking(repository),
            (&looks, ledger(&reads, account, at)),
        ),
        role(
            DEPLOY_ROLE,
            format!("Deployments by {repository}"),
            account,
            trust::in_environments(repository, environments),
            (&changes, ledger(LEDGER, account, at)),
        ),
    ]
}

fn role(
    name: &'static str,
    description: String,
    account: &str,
    subjects: Vec<String>,
    (actions, ledger): (&BTreeSet<&str>, Value),
) -> Wanted {
    let mut all = statements(actions, account);
    all.push(ledger);
    let numbered = |(at, document)| (format!("{name}-{}", at + 1), document);
    Wanted {
        role: name,
        description,
        trust: trust::policy(account, &subjects),
        subjects,
        policies: documents(all)
            .into_iter()
            .enumerate()
            .map(numbered)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::policies::LONGEST;
    use super::{Wanted, wanted};
    use crate::ledger::Location;
    use crate::permissions;

    const ACCOUNT: &str = "123456789012";

    fn roles() -> Vec<Wanted> {
        let environments = ["staging", "production"].map(|name| name.parse().expect("a name"));
        let repository = "bella-co/bella".parse().expect("a repository");
        let ledger = Location::of_account(ACCOUNT, "ca-central-1");
        wanted(ACCOUNT, &repository, &environments, &ledger)
    }

    fn allowed(role: &Wanted) -> Vec<(String, Value)> {
        let statements = role.policies.iter().flat_map(|(_, document)| {
            document["Statement"]
                .as_array()
                .expect("statements")
                .clone()
        });
        statements
            .flat_map(|statement| {
                let actions = statement["Action"].as_array().expect("actions").clone();
                actions.into_iter().map(move |action| {
                    (
                        action.as_str().expect("a text").to_owned(),
                        statement.clone(),
                    )
                })
            })
            .collect()
    }

    #[test]
    fn iam_takes_them() {
        for role in roles() {
            assert!(role.policies.len() <= 10, "{}", role.role);
            assert!(role.trust.to_string().len() <= 2048, "{}", role.role);
            for (name, document) in &role.policies {
                let length = document.to_string().len();
                assert!(length <= LONGEST, "{name} has {length} characters");
                let statements = document["Statement"].as_array().expect("statements");
                let ids: BTreeSet<String> = statements
                    .iter()
                    .map(|one| one["Sid"].to_string())
                    .collect();
                assert_eq!(ids.len(), statements.len(), "{name} has an id twice");
            }
        }
    }

    #[test]
    fn each_kind_can_be_made_by_the_one_and_nothing_by_the_other() {
        let [plan, deploy] = roles().try_into().expect("two roles");
        let names = |role: &Wanted| -> BTreeSet<String> {
            allowed(role)
                .into_iter()
                .map(|(action, _)| action)
                .collect()
        };
        let missing: Vec<&str> = permissions::run()
            .into_iter()
            .filter(|action| !names(&deploy).contains(*action))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        for (action, statement) in allowed(&plan) {
            let name = action.split_once(':').expect("service:action").1.to_owned();
            let is_read = ["Describe", "Get", "List", "View"]
                .iter()
                .any(|verb| name.starts_with(verb));
            assert!(is_read, "{action}");
            let is_ledgers = statement["Sid"] == "ledger";
            assert!(action != "s3:GetObject" || is_ledgers, "{statement}");
        }
        assert!(!names(&plan).contains("secretsmanager:GetSecretValue"));
    }

    #[test]
    fn what_reaches_further_is_held_in() {
        let deploy = &roles()[1];
        for (action, statement) in allowed(deploy) {
            let resources = statement["Resource"].to_string();
            let name = action.split_once(':').expect("service:action").1;
            let is_read = ["Get", "List"].iter().any(|verb| name.starts_with(verb));
            if action.starts_with("iam:") && !is_read {
                assert!(!resources.contains("\"*\""), "{action} on {resources}");
            }
            if action == "iam:PassRole" {
                let to = &statement["Condition"]["StringEquals"]["iam:PassedToService"];
                assert_eq!(to[0], "ecs-tasks.amazonaws.com");
            }
            if action == "ec2:DeleteVpc" {
                let tagged = &statement["Condition"]["Null"]["aws:ResourceTag/bella:stack"];
                assert_eq!(*tagged, "false");
            }
            if action == "secretsmanager:GetSecretValue" {
                let own = format!("[\"arn:aws:secretsmanager:*:{ACCOUNT}:secret:bella/*\"]");
                assert_eq!(resources, own);
            }
        }
        let subjects = &deploy.trust["Statement"][0]["Condition"]["StringEquals"];
        assert_eq!(
            subjects["token.actions.githubusercontent.com:sub"][1],
            "repo:bella-co/bella:environment:production"
        );
    }
}
