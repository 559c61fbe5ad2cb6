//! What a role may do: statements from actions, cut into documents that IAM takes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::ledger::Location;
use crate::permissions::is_look;

/// Longest document of a managed policy, in characters without white space (IAM quotas).
pub(super) const LONGEST: usize = 6144;

/// Roles are passed to these services and no others.
const PASSED_TO: &[&str] = &["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"];
/// Services that make a role of their own in an account that never used them.
const LINKED: &[&str] = &[
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticache.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "rds.amazonaws.com",
];
/// Deletions that AWS decides by the tags of what goes (Service Authorization Reference). Those of
/// network interfaces and VPC endpoints are not among them: AWS makes and removes some of its own in
/// the caller's name.
const BY_TAG: &[&str] = &[
    "ec2:DeleteInternetGateway",
    "ec2:DeleteNatGateway",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteVpc",
    "ecs:DeleteCluster",
    "ecs:DeleteService",
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
    "rds:DeleteDBInstance",
];

/// What an action is allowed on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Scope {
    /// Part of the statement's id.
    name: &'static str,
    resources: Vec<String>,
    /// JSON, so that scopes have an order.
    condition: Option<String>,
}

impl Scope {
    fn of(action: &str, account: &str) -> Self {
        let (service, name) = action.split_once(':').unwrap_or_default();
        let on = |resources: &[&str]| {
            let full = |rest: &&str| format!("arn:aws:{}", rest.replace("ACCOUNT", account));
            resources.iter().map(full).collect()
        };
        let ours = |resources: &[&str]| Self {
            name: "ours",
            resources: on(resources),
            condition: None,
        };
        let when = |name, resources, condition: Value| Self {
            name,
            resources,
            condition: Some(condition.to_string()),
        };
        let any = || vec!["*".to_owned()];
        match (service, name) {
            ("iam", "PassRole") => when(
                "pass",
                on(&["iam::ACCOUNT:role/bella/*"]),
                json!({"StringEquals": {"iam:PassedToService": PASSED_TO}}),
            ),
            ("iam", "CreateServiceLinkedRole") => when(
                "linked",
                on(&["iam::ACCOUNT:role/aws-service-role/*"]),
                json!({"StringEquals": {"iam:AWSServiceName": LINKED}}),
            ),
            ("secretsmanager", "GetSecretValue") => {
                ours(&["secretsmanager:*:ACCOUNT:secret:bella/*"])
            }
            ("logs", "GetLogEvents") => ours(&["logs:*:ACCOUNT:log-group:/bella/*"]),
            ("ecr", "BatchGetImage" | "GetDownloadUrlForLayer") => {
                ours(&["ecr:*:ACCOUNT:repository/bella/*"])
            }
            _ if is_look(action) || action == "ecr:GetAuthorizationToken" => Self {
                name: "look",
                resources: any(),
                condition: None,
            },
            ("iam", "RemoveRoleFromInstanceProfile") => ours(&["iam::ACCOUNT:instance-profile/*"]),
            ("iam", _) => ours(&["iam::ACCOUNT:role/bella/*"]),
            // RDS makes the master user's secret in the caller's name.
            ("secretsmanager", "CreateSecret" | "TagResource") => ours(&[
                "secretsmanager:*:ACCOUNT:secret:bella/*",
                "secretsmanager:*:ACCOUNT:secret:rds!*",
            ]),
            ("secretsmanager", _) => ours(&["secretsmanager:*:ACCOUNT:secret:bella/*"]),
            ("logs", _) => ours(&["logs:*:ACCOUNT:log-group:/bella/*"]),
            ("ecr", _) => ours(&["ecr:*:ACCOUNT:repository/bella/*"]),
            _ if BY_TAG.contains(&action) => when(
                "tagged",
                any(),
                json!({"Null": {"aws:ResourceTag/bella:stack": "false"}}),
            ),
            _ => Self {
                name: "change",
                resources: any(),
                condition: None,
            },
        }
    }
}

/// One statement a service and scope.
pub(super) fn statements(actions: &BTreeSet<&str>, account: &str) -> Vec<Value> {
    let mut grouped: BTreeMap<(&str, Scope), Vec<&str>> = BTreeMap::new();
    for action in actions {
        let service = action.split(':').next().unwrap_or_default();
        let scope = Scope::of(action, account);
        grouped.entry((service, scope)).or_default().push(action);
    }
    let mut taken = BTreeMap::new();
    grouped
        .into_iter()
        .map(|((service, scope), actions)| {
            let letters = service.chars().filter(char::is_ascii_alphanumeric);
            let mut id: String = letters.chain(scope.name.chars()).collect();
            let count: &mut usize = taken.entry(id.clone()).or_default();
            *count += 1;
            if *count > 1 {
                id.push_str(&count.to_string());
            }
            let mut statement = json!({
                "Sid": id, "Effect": "Allow", "Action": actions, "Resource": scope.resources,
            });
            let condition = scope.condition.as_deref().map(serde_json::from_str);
            if let Some(Ok(condition @ Value::Object(_))) = condition {
                statement["Condition"] = condition;
            }
            statement
        })
        .collect()
}

/// The ledger's statement: the buckets that bootstraps of the account's regions make, and `ledger`.
pub(super) fn ledger(actions: &[&str], account: &str, ledger: &Location) -> Value {
    let mut buckets = vec![format!("bella-ledger-{account}-*")];
    if let Location::Bucket { name, .. } = ledger {
        let own = format!("bella-ledger-{account}-");
        buckets.extend((!name.starts_with(&own)).then(|| name.clone()));
    }
    let arns = |bucket: &String| {
        [
            format!("arn:aws:s3:::{bucket}"),
            format!("arn:aws:s3:::{bucket}/*"),
        ]
    };
    let resources: Vec<String> = buckets.iter().flat_map(arns).collect();
    json!({"Sid": "ledger", "Effect": "Allow", "Action": actions, "Resource": resources})
}

/// Documents with these statements in their order, as few as IAM's limit allows.
pub(super) fn documents(statements: Vec<Value>) -> Vec<Value> {
    let whole = |part: &[Value]| json!({"Version": "2012-10-17", "Statement": part});
    let mut parts: Vec<Vec<Value>> = Vec::new();
    for statement in statements {
        let last = parts.last_mut().filter(|last| {
            let longer = whole(last).to_string().len() + 1 + statement.to_string().len();
            longer <= LONGEST
        });
        match last {
            Some(last) => last.push(statement),
            None => parts.push(vec![statement]),
        }
    }
    parts.iter().map(|part| whole(part)).collect()
}
