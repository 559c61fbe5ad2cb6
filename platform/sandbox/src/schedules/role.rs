use serde_json::{Value, json};

use super::caller::call;
use super::permission::{Asked, Verdict, decide, trusts_scheduler};
use super::place::Place;
use super::service;
use super::target::{Failure, Invocation};
use crate::gateway::EmulatorClient;
use crate::rules::xml;

/// A role as IAM has it: whom it trusts and what it allows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Role {
    arn: String,
    trust: Value,
    policies: Vec<Value>,
}

impl Role {
    /// `None` when there is no such role.
    pub(super) async fn read(
        emulator: &EmulatorClient,
        arn: &str,
        place: &Place,
    ) -> Result<Option<Self>, Failure> {
        let iam = Iam { emulator, place };
        let name = arn.rsplit('/').next().unwrap_or_default();
        let of_role = json!({"RoleName": name});
        let found = match iam.ask("GetRole", &of_role).await {
            Ok(found) => found,
            Err(failure) if failure.code == "NoSuchEntity" => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let trust = texts(&found, "AssumeRolePolicyDocument");
        let mut policies = Vec::new();
        let listed = iam.ask("ListRolePolicies", &of_role).await?;
        for policy in texts(&listed, "member") {
            let asked = json!({"RoleName": name, "PolicyName": policy});
            let found = iam.ask("GetRolePolicy", &asked).await?;
            policies.extend(texts(&found, "PolicyDocument").iter().map(|t| document(t)));
        }
        let listed = iam.ask("ListAttachedRolePolicies", &of_role).await?;
        for policy in texts(&listed, "PolicyArn") {
            let asked = json!({"PolicyArn": policy});
            let found = iam.ask("GetPolicy", &asked).await?;
            let version = texts(&found, "DefaultVersionId").concat();
            let asked = json!({"PolicyArn": policy, "VersionId": version});
            let found = iam.ask("GetPolicyVersion", &asked).await?;
            policies.extend(texts(&found, "Document").iter().map(|t| document(t)));
        }
        Ok(Some(Self {
            arn: arn.to_owned(),
            trust: trust.first().map(|text| document(text)).unwrap_or_default(),
            policies,
        }))
    }

    /// Whether the scheduler may do this in the role's name for a schedule of that group. A role without any policy is
    /// let through unless `strict`; `true` when that happened.
    pub(super) fn permit(
        &self,
        invocation: &Invocation,
        group_arn: &str,
        account: &str,
        strict: bool,
    ) -> Result<bool, Failure> {
        if !trusts_scheduler(&self.trust, group_arn, account) {
            return Err(no_trust(&self.arn));
        }
        if self.policies.is_empty() && !strict {
            return Ok(true);
        }
        let action = invocation.action();
        let resource = invocation.resource.as_deref();
        let asked = Asked {
            action: &action,
            resource,
        };
        let because = match decide(&self.policies, asked) {
            Verdict::Allowed => return Ok(false),
            Verdict::Denied { explicitly: true } => {
                "with an explicit deny in an identity-based policy"
            }
            Verdict::Denied { explicitly: false } => {
                "because no identity-based policy allows the action"
            }
        };
        let resource = resource.map(|arn| format!(" on resource: {arn}"));
        let message = format!(
            "User: {} is not authorized to perform: {action}{} {because}",
            self.arn,
            resource.unwrap_or_default()
        );
        Err(Failure::new("AccessDeniedException", message))
    }
}

/// What a schedule fails with whose role cannot be assumed.
pub(super) fn no_trust(arn: &str) -> Failure {
    let message =
        format!("The role {arn} is not there or does not let EventBridge Scheduler assume it.");
    Failure::new("AccessDeniedException", message)
}

struct Iam<'a> {
    emulator: &'a EmulatorClient,
    place: &'a Place,
}

impl Iam<'_> {
    async fn ask(&self, operation: &str, input: &Value) -> Result<String, Failure> {
        let iam = service::find("iam")
            .ok_or_else(|| Failure::new("InternalFailure", "IAM is not in the table"))?;
        call(self.emulator, iam, operation, input, self.place).await
    }
}

/// The texts of all elements of this name that hold no others.
fn texts(answer: &str, name: &str) -> Vec<String> {
    let document = xml::parse(answer);
    let named = document
        .descendants()
        .filter(|node| node.is_element() && node.tag_name().name() == name);
    named
        .filter(|node| !node.children().any(|child| child.is_element()))
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

/// IAM encodes its policies; not every emulator does.
fn document(text: &str) -> Value {
    serde_json::from_str(text)
        .ok()
        .or_else(|| serde_json::from_str(&percent_decoded(text)).ok())
        .unwrap_or_default()
}

fn percent_decoded(text: &str) -> String {
    form_urlencoded::parse(format!("policy={text}").as_bytes())
        .next()
        .map(|(_, policy)| policy.into_owned())
        .unwrap_or_default()
}
