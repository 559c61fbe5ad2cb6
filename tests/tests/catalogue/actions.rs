//! Which IAM permissions a kind's calls need, against those it declares.

use std::collections::{BTreeMap, BTreeSet};

/// AWS's service ids, as clients name themselves, and the prefixes of their IAM actions. Every
/// operation that the kinds use is an action of the same name (Service Authorization Reference).
const PREFIXES: &[(&str, &str)] = &[
    ("EC2", "ec2"),
    ("IAM", "iam"),
    ("ECS", "ecs"),
    ("ECR", "ecr"),
    ("Elastic Load Balancing v2", "elasticloadbalancing"),
    ("CloudWatch Logs", "logs"),
    ("STS", "sts"),
];

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
];

const BY_AWS: &str = "AWS checks it on the caller inside another call (Service Authorization Reference, dependent actions)";

/// The IAM actions of calls `<service id>:<operation>`.
pub(crate) fn of(calls: &BTreeSet<String>) -> BTreeSet<String> {
    let action = |call: &String| {
        let (service, operation) = call.rsplit_once(':').expect("counted as service:operation");
        let prefix = PREFIXES.iter().find(|(id, _)| *id == service);
        let (_, prefix) = prefix.unwrap_or_else(|| panic!("PREFIXES has no service {service}"));
        format!("{prefix}:{operation}")
    };
    calls.iter().map(action).collect()
}

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
            let is_excused = UNSEEN.iter().any(|(k, a, _)| k == kind && a == action);
            match (is_seen, is_excused) {
                (false, false) => {
                    found.push(format!("{kind}: declares {action} and never used it"))
                }
                (true, true) => found.push(format!(
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
