//! A role that services assume, with its inline policies.

use std::collections::HashMap;

use aws_sdk_iam::types::{Role as Wire, Tag};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::policy::Policy;
use super::role_details::{self, Detail};
use super::role_policies::{self, Policies};
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A role that services assume, with its inline policies. Managed policies attached to it are not
/// managed here; they are detached when the role is deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IamRole {
    /// Who may assume the role: a trust policy, as JSON.
    pub assume_role_policy: Policy,
    /// What the role may do: inline policies by name, each as JSON.
    #[serde(default)]
    pub policies: Policies,
    /// What the role is for; default empty.
    #[serde(default)]
    pub description: String,
    /// Longest session, in seconds, 3600 (the default) to 43200.
    #[serde(default = "hour")]
    pub max_session_seconds: i32,
}

fn hour() -> i32 {
    3600
}

/// The tag that tells apart the roles of one stack name in two regions: IAM is global.
const REGION_TAG: &str = "bella:region";

fn path(stack: &str) -> String {
    format!("/bella/{stack}/")
}

impl Resource for IamRole {
    type Cloud = Aws;
    const KIND: &'static str = "iam_role";
    const SERVICE: &'static str = "iam";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 64,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:ListRoles",
        "iam:PutRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
    ];

    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let roles = match look.focus() {
            Some(who) => {
                let name = who.id.as_deref().unwrap_or(&who.name);
                let answer = look.aws.iam.get_role().role_name(name).send().await;
                answer.map_err(refused)?.role.into_iter().collect()
            }
            None => all(look).await?,
        };
        let mut details = match roles.is_empty() || look.focus().is_some() {
            true => HashMap::new(),
            false => role_details::all(&look.aws, &path(look.stack())).await?,
        };
        let mut found = Vec::new();
        for role in &roles {
            let detail = match details.remove(role.role_name()) {
                Some(detail) => Ok(detail),
                None => role_details::one(&look.aws, role.role_name()).await,
            };
            match detail {
                Ok(detail) => found.push(observed(&look.aws, look.stack(), role, detail)?),
                Err(error) if error.fault == Fault::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .iam
            .create_role()
            .path(path(&who.stack))
            .role_name(&who.name)
            .assume_role_policy_document(self.assume_role_policy.text())
            .max_session_duration(self.max_session_seconds)
            .set_description(Some(self.description.clone()).filter(|text| !text.is_empty()))
            .set_tags(Some(wire(&who.tags)?));
        let made = call.send().await.map_err(refused)?.role;
        let name = who.name.clone();
        let arn = made.map(|role| role.arn).unwrap_or_default();
        let outputs = [("arn", arn), ("name", name.clone())];
        let bare = Self {
            policies: Policies::default(),
            ..self.clone()
        };
        Ok(Made::usable(name, bare, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let name = who.id()?;
        if (&self.description, self.max_session_seconds)
            != (&from.description, from.max_session_seconds)
        {
            // A field left out would fall back to AWS's default.
            let call = aws
                .iam
                .update_role()
                .role_name(name)
                .description(&self.description);
            let call = call.max_session_duration(self.max_session_seconds);
            call.send().await.map_err(refused)?;
        }
        if self.assume_role_policy != from.assume_role_policy {
            let call = aws.iam.update_assume_role_policy().role_name(name);
            let call = call.policy_document(self.assume_role_policy.text());
            call.send().await.map_err(refused)?;
        }
        role_policies::put(aws, name, &self.policies, &from.policies).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let name = who.id()?;
        role_policies::strip(aws, name).await?;
        aws.iam
            .delete_role()
            .role_name(name)
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let name = who.id()?;
        let call = aws
            .iam
            .tag_role()
            .role_name(name)
            .set_tags(Some(wire(&who.tags)?));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws
                .iam
                .untag_role()
                .role_name(name)
                .set_tag_keys(Some(gone.to_vec()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let path = exported
            .output("arn")
            .split(":role")
            .nth(1)
            .unwrap_or_default();
        let path = path.strip_suffix(exported.id).unwrap_or(path);
        let body = Body::new()
            .set("name", exported.id)
            .set("path", path)
            .text("description", &self.description)
            .set("max_session_duration", self.max_session_seconds)
            .document("assume_role_policy", self.assume_role_policy.document())
            .tags(exported.tags);
        let policies = self.policies.iter().map(|(name, policy)| {
            let body = Body::new()
                .set("name", name.as_str())
                .set("role", exported.own("name"))
                .document("policy", policy.document());
            let import = format!("{}:{name}", exported.id);
            Block::new("aws_iam_role_policy", import, body).beside(name)
        });
        let role = Block::new("aws_iam_role", exported.id, body);
        [role].into_iter().chain(policies).collect()
    }

    fn example() -> Example {
        let trusts = |service: &str| {
            json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}]})
        };
        let allows = |actions: &[&str]| {
            json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": actions, "Resource": "*"}]})
        };
        Example {
            parents: vec![],
            properties: json!({
                "assume_role_policy": trusts("ecs-tasks.amazonaws.com"),
                "policies": {"logs": allows(&["logs:PutLogEvents"]), "images": allows(&["ecr:GetAuthorizationToken"])},
            }),
            changes: vec![
                ("assume_role_policy", trusts("scheduler.amazonaws.com")),
                (
                    "policies",
                    json!({
                        "logs": allows(&["logs:PutLogEvents", "logs:CreateLogStream"]),
                        "secrets": allows(&["secretsmanager:GetSecretValue"]),
                    }),
                ),
                ("description", json!("an example")),
                ("max_session_seconds", json!(7200)),
            ],
        }
    }
}

async fn all(look: &Look) -> Result<Vec<Wire>, CloudError> {
    let call = look.aws.iam.list_roles().path_prefix(path(look.stack()));
    let mut pages = call.into_paginator().send();
    let mut roles = Vec::new();
    while let Some(page) = pages.next().await {
        roles.extend(page.map_err(refused)?.roles);
    }
    Ok(roles)
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = tags.iter().map(tag).collect();
    tags.map_err(|err| CloudError::new(Fault::Rejected, "iam", "TagRole", err.to_string()))
}

/// The role, when it is ours.
fn observed(
    aws: &Aws,
    stack: &str,
    role: &Wire,
    detail: Detail,
) -> Result<Option<Observed<IamRole>>, CloudError> {
    let Detail { tags, policies } = detail;
    let name = role.role_name();
    let elsewhere = tags
        .get(REGION_TAG)
        .is_some_and(|region| region != aws.region());
    let Some(address) = owned(stack, &tags).filter(|_| !elsewhere) else {
        return Ok(None);
    };
    let trust = role.assume_role_policy_document().unwrap_or("{}");
    let trust = Policy::from_wire("GetRole", trust)?;
    let outputs = [("arn", role.arn()), ("name", name)];
    Ok(Some(Observed {
        id: name.to_owned(),
        address: Some(address),
        phase: match trust.has_unresolved_principal() {
            true => Phase::Pending("a principal of its trust policy is not visible yet".to_owned()),
            false => Phase::Ready,
        },
        props: Some(IamRole {
            assume_role_policy: trust,
            policies,
            description: role.description().unwrap_or_default().to_owned(),
            max_session_seconds: role.max_session_duration().unwrap_or_else(hour),
        }),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags,
        created: timestamp(Some(role.create_date())),
        protected: None,
    }))
}
