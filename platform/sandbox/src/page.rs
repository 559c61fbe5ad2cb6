//! The page that tells users what the sandbox does otherwise than AWS, written from the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::behaviour::{Behaviour, Does, behaviours, rules_of};
use crate::install::EMULATOR;

/// Where the page goes, below the folder of the documentation.
pub const PAGE: &str = "sandbox/behaviours.md";

/// The folder of a service's rules, the prefix of its permissions, the name it signs for, and its own name.
type Service = (&'static str, &'static str, &'static str, &'static str);

const SERVICES: &[Service] = &[
    ("acm", "acm", "acm", "AWS Certificate Manager"),
    (
        "scaling",
        "application-autoscaling",
        "application-autoscaling",
        "Application Auto Scaling",
    ),
    ("budgets", "budgets", "budgets", "AWS Budgets"),
    (
        "cloudwatch",
        "cloudwatch",
        "monitoring",
        "Amazon CloudWatch",
    ),
    ("cost_explorer", "ce", "ce", "Cost Explorer"),
    ("ec2", "ec2", "ec2", "Amazon EC2 and VPC"),
    ("ecr", "ecr", "ecr", "Amazon ECR"),
    ("ecs", "ecs", "ecs", "Amazon ECS"),
    (
        "elasticache",
        "elasticache",
        "elasticache",
        "Amazon ElastiCache",
    ),
    (
        "elb",
        "elasticloadbalancing",
        "elasticloadbalancing",
        "Elastic Load Balancing",
    ),
    ("iam", "iam", "iam", "AWS Identity and Access Management"),
    ("logs", "logs", "logs", "Amazon CloudWatch Logs"),
    ("pricing", "pricing", "pricing", "Price List"),
    ("quotas", "servicequotas", "servicequotas", "Service Quotas"),
    ("rds", "rds", "rds", "Amazon RDS"),
    ("route53", "route53", "route53", "Amazon Route 53"),
    ("s3", "s3", "s3", "Amazon S3"),
    (
        "scheduler",
        "scheduler",
        "scheduler",
        "EventBridge Scheduler",
    ),
    (
        "secrets",
        "secretsmanager",
        "secretsmanager",
        "AWS Secrets Manager",
    ),
    ("sns", "sns", "sns", "Amazon SNS"),
    ("sqs", "sqs", "sqs", "Amazon SQS"),
    // Rules of no one service, which act with `--strict`.
    ("strict", "", "", "Any service, when it is strict"),
    ("sts", "sts", "sts", "AWS Security Token Service"),
    ("tagging", "tag", "tagging", "Resource Groups Tagging API"),
];

/// Permissions that are none of one operation: what a call of the other operation is asked for as well.
const NO_OPERATION: [&str; 1] = ["iam:PassRole"];

/// Operations whose permission has another name (Service Authorization Reference).
const RENAMED: &[(&str, &[&str])] = &[
    (
        "budgets:ModifyBudget",
        &[
            "CreateBudget",
            "CreateNotification",
            "CreateSubscriber",
            "DeleteBudget",
            "UpdateBudget",
        ],
    ),
    (
        "budgets:ViewBudget",
        &["DescribeBudgetNotificationsForAccount", "DescribeBudgets"],
    ),
];

/// A line of `deviations.json`: what is known to be otherwise and stays so.
#[derive(Debug, Deserialize)]
struct Deviation {
    service: String,
    here: String,
    why: String,
}

/// The page, given the permissions that each kind's calls need (`ec2:CreateVpc`).
pub fn page<'a>(actions: impl IntoIterator<Item = &'a str>) -> String {
    let rules = behaviours();
    let count = |does: Does| rules.iter().filter(|rule| rule.does == does).count();
    let mut out = format!(
        "# What the sandbox does\n\nWritten by `bella docs` from the gateway's rules; [the sandbox](../sandbox.md) \
         says how they work together.\n\nA call goes through the gateway to an emulator, {EMULATOR}. Where the \
         emulator is not like AWS, a rule stands around the call: {} rules refuse what AWS refuses, {} correct a \
         request or an answer, {} fill in what the emulator cannot. Every other call is passed through as it is; \
         the log of calls names the rules that each one met.\n",
        count(Does::Refuses),
        count(Does::Corrects),
        count(Does::Fills)
    );
    let mut groups: BTreeMap<&str, Vec<&Behaviour>> = BTreeMap::new();
    for rule in &rules {
        groups.entry(title(rule.group)).or_default().push(rule);
    }
    for (title, rules) in groups {
        // Writing to a text cannot fail.
        let _ = write!(
            out,
            "\n## {title}\n\n| Rule | | What AWS does |\n|---|---|---|\n"
        );
        for rule in rules {
            let Behaviour { name, file, .. } = rule;
            let (does, says) = (word(rule.does), rule.says.replace('|', "\\|"));
            let _ = writeln!(out, "| [{name}](../../{file}) | {does} | {says} |");
        }
    }
    out.push_str(&passed_through(actions));
    out.push_str(&deviations());
    out
}

/// Operations that kinds use and no rule knows.
fn passed_through<'a>(actions: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from(
        "\n## Not covered by any rule\n\nOperations that Bella's kinds use and that the emulator alone answers: what \
         AWS refuses there and the emulator does not, nobody refuses here.\n\n| Service | Operations |\n|---|---|\n",
    );
    let mut bare: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions.into_iter().filter(|a| !NO_OPERATION.contains(a)) {
        let Some((prefix, name)) = action.split_once(':') else {
            continue;
        };
        let service = SERVICES.iter().find(|(_, of, _, _)| *of == prefix);
        let (signs, title) =
            service.map_or((prefix, prefix), |(_, _, signs, title)| (*signs, *title));
        let renamed = RENAMED.iter().find(|(known, _)| *known == action);
        let operations = renamed.map_or(vec![name], |(_, operations)| operations.to_vec());
        let without = operations
            .into_iter()
            .filter(|operation| rules_of(signs, operation).is_empty());
        bare.entry(title).or_default().extend(without);
    }
    for (title, operations) in bare.iter().filter(|(_, some)| !some.is_empty()) {
        let operations: Vec<String> = operations.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(out, "| {title} | {} |", operations.join(", "));
    }
    out
}

fn deviations() -> String {
    let mut out =
        String::from("\n## Known to be otherwise\n\n| Service | Here | Why |\n|---|---|---|\n");
    let known: Vec<Deviation> =
        serde_json::from_str(include_str!("deviations.json")).unwrap_or_default();
    for Deviation { service, here, why } in known {
        let _ = writeln!(out, "| {service} | {here} | {why} |");
    }
    out
}

fn title(group: &'static str) -> &'static str {
    let service = SERVICES.iter().find(|(folder, _, _, _)| *folder == group);
    service.map_or(group, |(_, _, _, title)| title)
}

fn word(does: Does) -> &'static str {
    match does {
        Does::Fills => "fills",
        Does::Refuses => "refuses",
        Does::Corrects => "corrects",
    }
}

#[cfg(test)]
mod tests {
    use super::{Deviation, SERVICES, page};
    use crate::behaviour::behaviours;

    #[test]
    fn every_rule_is_on_it_under_its_service() {
        let page = page(["ec2:DeleteVpc", "logs:CreateLogGroup", "iam:PassRole"]);
        for rule in behaviours() {
            assert!(
                page.contains(&format!("| [{}](", rule.name)),
                "{}",
                rule.name
            );
            let known = SERVICES.iter().any(|(folder, ..)| *folder == rule.group);
            assert!(known, "{} is a folder of no service", rule.group);
        }
        let (_, bare) = page
            .split_once("## Not covered")
            .expect("the part is there");
        assert!(
            bare.contains("| Amazon CloudWatch Logs | `CreateLogGroup` |"),
            "{bare}"
        );
        assert!(
            !bare.contains("DeleteVpc") && !bare.contains("PassRole"),
            "{bare}"
        );
    }

    #[test]
    fn deviations_are_read() {
        let text = include_str!("deviations.json");
        let known: Vec<Deviation> = serde_json::from_str(text).expect("a list of deviations");
        assert!(
            known
                .iter()
                .all(|one| one.here.ends_with('.') && one.why.ends_with('.'))
        );
    }
}
