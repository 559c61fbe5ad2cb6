//! Bringing an account to what is wanted: the difference first, then its steps.

use std::fmt;

use aws_sdk_iam::types::Tag;
use bella_engine::cloud::{CloudError, Fault};
use serde_json::Value;

use super::document::is_same;
use super::live;
use super::roles::Wanted;
use super::trust::{AUDIENCE, ISSUER, provider};
use crate::clients::Aws;
use crate::error::refused;

/// Versions of a managed policy that IAM keeps at most.
const VERSIONS: usize = 5;

/// One step. None deletes an object; a policy loses its oldest version where IAM keeps no more.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// GitHub becomes an identity provider of the account.
    MakeProvider,
    /// The provider takes tokens for AWS too.
    AddAudience {
        /// The provider.
        arn: String,
    },
    /// A role is made.
    MakeRole {
        /// The role.
        role: &'static str,
        /// What it is for.
        description: String,
        /// Its trust policy.
        trust: Value,
        /// Whom that lets in.
        subjects: Vec<String>,
    },
    /// A role trusts others than before.
    Trust {
        /// The role.
        role: &'static str,
        /// Its trust policy.
        trust: Value,
        /// Whom that lets in.
        subjects: Vec<String>,
    },
    /// A policy is made.
    MakePolicy {
        /// Its name.
        name: String,
        /// Its document.
        document: Value,
    },
    /// A policy says something else than before.
    ChangePolicy {
        /// Its name.
        name: String,
        /// Its ARN.
        arn: String,
        /// Its document.
        document: Value,
    },
    /// A policy counts for a role.
    Attach {
        /// The role.
        role: &'static str,
        /// The policy.
        arn: String,
    },
    /// A policy of ours that is no longer needed does not count any more.
    Detach {
        /// The role.
        role: &'static str,
        /// The policy.
        arn: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
        let count = |document: &Value| -> usize {
            let statements = document["Statement"].as_array().into_iter().flatten();
            statements
                .map(|one| one["Action"].as_array().map_or(1, Vec::len))
                .sum()
        };
        match self {
            Self::MakeProvider => write!(f, "+ identity provider {ISSUER}"),
            Self::AddAudience { .. } => {
                write!(f, "~ identity provider {ISSUER}: audience {AUDIENCE}")
            }
            Self::MakeRole { role, subjects, .. } => {
                write!(f, "+ role {role}, for {}", subjects.join(" and "))
            }
            Self::Trust { role, subjects, .. } => {
                write!(f, "~ role {role}: for {} only", subjects.join(" and "))
            }
            Self::MakePolicy { name, document } => {
                write!(f, "+ policy {name}: {} actions", count(document))
            }
            Self::ChangePolicy { name, document, .. } => {
                write!(f, "~ policy {name}: {} actions", count(document))
            }
            Self::Attach { role, arn } => write!(f, "~ role {role}: with policy {}", name(arn)),
            Self::Detach { role, arn } => write!(f, "~ role {role}: without policy {}", name(arn)),
        }
    }
}

/// What has to change in `account` so that it has `wanted`; nothing where it has.
///
/// Policies attached by others are left alone.
///
/// # Errors
/// AWS refuses to be asked.
pub async fn plan(aws: &Aws, account: &str, wanted: &[Wanted]) -> Result<Vec<Change>, CloudError> {
    let arn = provider(account);
    let mut changes = match live::audiences(aws, &arn).await? {
        None => vec![Change::MakeProvider],
        Some(all) if all.iter().any(|one| one == AUDIENCE) => Vec::new(),
        Some(_) => vec![Change::AddAudience { arn }],
    };
    for one in wanted {
        let exists = of_role(aws, one, &mut changes).await?;
        of_policies(aws, account, one, exists, &mut changes).await?;
    }
    Ok(changes)
}

async fn of_role(aws: &Aws, one: &Wanted, changes: &mut Vec<Change>) -> Result<bool, CloudError> {
    let (role, trust, subjects) = (one.role, one.trust.clone(), one.subjects.clone());
    let Some(live) = live::role(aws, role).await? else {
        changes.push(Change::MakeRole {
            role,
            description: one.description.clone(),
            trust,
            subjects,
        });
        return Ok(false);
    };
    let trusts = live.assume_role_policy_document().unwrap_or("{}");
    if !is_same("GetRole", trusts, &trust)? {
        changes.push(Change::Trust {
            role,
            trust,
            subjects,
        });
    }
    Ok(true)
}

async fn of_policies(
    aws: &Aws,
    account: &str,
    one: &Wanted,
    exists: bool,
    changes: &mut Vec<Change>,
) -> Result<(), CloudError> {
    let role = one.role;
    let attached = match exists {
        true => live::attached(aws, role).await?,
        false => Vec::new(),
    };
    let arn = |name: &str| format!("arn:aws:iam::{account}:policy/{name}");
    let mut needed = Vec::new();
    for (name, document) in &one.policies {
        let (name, arn, document) = (name.clone(), arn(name), document.clone());
        match live::document(aws, &arn).await? {
            None => changes.push(Change::MakePolicy { name, document }),
            Some(live) if is_same("GetPolicyVersion", &live, &document)? => {}
            Some(_) => changes.push(Change::ChangePolicy {
                name,
                arn: arn.clone(),
                document,
            }),
        }
        if !attached.contains(&arn) {
            changes.push(Change::Attach {
                role,
                arn: arn.clone(),
            });
        }
        needed.push(arn);
    }
    let ours = arn(&format!("{role}-"));
    let stale = attached
        .into_iter()
        .filter(|arn| arn.starts_with(&ours) && !needed.contains(arn));
    changes.extend(stale.map(|arn| Change::Detach { role, arn }));
    Ok(())
}

/// Carries one step out.
///
/// # Errors
/// AWS refuses.
pub async fn apply(aws: &Aws, change: &Change) -> Result<(), CloudError> {
    match change {
        Change::MakeProvider => make_provider(aws).await,
        Change::AddAudience { arn } => {
            let call = aws.iam.add_client_id_to_open_id_connect_provider();
            let call = call.open_id_connect_provider_arn(arn).client_id(AUDIENCE);
            call.send().await.map(drop).map_err(refused)
        }
        Change::MakeRole {
            role,
            description,
            trust,
            ..
        } => {
            let call = aws.iam.create_role().role_name(*role).tags(ours()?);
            let call = call.assume_role_policy_document(trust.to_string());
            let call = call.description(description);
            call.send().await.map(drop).map_err(refused)
        }
        Change::Trust { role, trust, .. } => {
            let call = aws.iam.update_assume_role_policy().role_name(*role);
            let call = call.policy_document(trust.to_string());
            call.send().await.map(drop).map_err(refused)
        }
        Change::MakePolicy { name, document } => {
            let call = aws.iam.create_policy().policy_name(name).tags(ours()?);
            let call = call.policy_document(document.to_string());
            call.send().await.map(drop).map_err(refused)
        }
        Change::ChangePolicy { arn, document, .. } => change_policy(aws, arn, document).await,
        Change::Attach { role, arn } => {
            let call = aws.iam.attach_role_policy().role_name(*role);
            let call = call.policy_arn(arn);
            call.send().await.map(drop).map_err(refused)
        }
        Change::Detach { role, arn } => {
            let call = aws.iam.detach_role_policy().role_name(*role);
            let call = call.policy_arn(arn);
            call.send().await.map(drop).map_err(refused)
        }
    }
}

/// Without a thumbprint: IAM finds it by itself, and trusts GitHub's certificate authority.
async fn make_provider(aws: &Aws) -> Result<(), CloudError> {
    let call = aws.iam.create_open_id_connect_provider().tags(ours()?);
    let call = call
        .url(format!("https://{ISSUER}"))
        .client_id_list(AUDIENCE);
    call.send().await.map(drop).map_err(refused)
}

async fn change_policy(aws: &Aws, arn: &str, document: &Value) -> Result<(), CloudError> {
    let call = aws.iam.list_policy_versions().policy_arn(arn);
    let answer = call.send().await.map_err(refused)?;
    let mut old = answer.versions.unwrap_or_default();
    let is_full = old.len() >= VERSIONS;
    old.retain(|version| !version.is_default_version);
    old.sort_by_key(|version| version.create_date.map(|date| date.as_nanos()));
    let oldest = old.first().and_then(|version| version.version_id());
    if let (true, Some(version)) = (is_full, oldest) {
        let call = aws.iam.delete_policy_version().policy_arn(arn);
        call.version_id(version).send().await.map_err(refused)?;
    }
    let call = aws.iam.create_policy_version().policy_arn(arn);
    let call = call.policy_document(document.to_string());
    let call = call.set_as_default(true);
    call.send().await.map(drop).map_err(refused)
}

/// The tag of what belongs to the tool and to no stack.
fn ours() -> Result<Tag, CloudError> {
    let tag = Tag::builder().key("bella:tool").value("ci").build();
    tag.map_err(|err| CloudError::new(Fault::Rejected, "iam", "bootstrap", err.to_string()))
}
