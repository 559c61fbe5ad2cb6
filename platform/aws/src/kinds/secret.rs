//! A secret without its value.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry, Tag};
use aws_smithy_types::DateTime;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::{
    Disposition, Example, Identity, Made, Observed, Owner, Phase, Resource, Tags,
};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A secret. Its value is set by its users, and never read or written here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What the secret is for; default empty.
    #[serde(default)]
    pub description: String,
}

/// Days in which a secret that a teardown keeps a copy of can be restored: the longest AWS takes.
const RECOVERY_DAYS: i64 = 30;

impl Resource for Secret {
    type Cloud = Aws;
    const KIND: &'static str = "secret";
    const SERVICE: &'static str = "secretsmanager";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::DataStore;
    const LAST_COPY: Option<&'static str> = Some("a copy that can be restored for 30 days");
    const NAMING: Naming = Naming::Path { lead: "bella/" };
    const ACTIONS: &'static [&'static str] = &[
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecrets",
        "secretsmanager:RestoreSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
    ];

    /// `secret_10k_requests` are ten thousand API requests a month, 0 where nothing is said: a task
    /// reads its secrets once when it starts.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let requests = assumptions.figure("secret_10k_requests", Decimal::ZERO);
        let of = |component, quantity, unit, usage_type: &str| {
            Quantity::new(component, quantity, unit, "AWSSecretsManager", usage_type)
        };
        Usage::Metered(vec![
            of(
                "secret",
                assumptions.months(Self::KIND),
                "secret-month",
                "AWSSecretsManager-Secrets",
            ),
            of(
                "secret requests",
                requests,
                "10k requests",
                "AWSSecretsManagerAPIRequest",
            ),
        ])
    }

    /// The listing of many may lag by minutes (API reference, `ListSecrets`); one secret is read
    /// directly, and a create that finds its name taken by this stack's own secret goes on with it.
    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found: Vec<Shown> = match look.focus() {
            Some(who) => {
                let name = who.id.as_ref().unwrap_or(&who.name);
                described(&look.aws, name).await?.into_iter().collect()
            }
            None => listed(&look.aws, look.stack()).await?,
        };
        let observed = found.into_iter().filter(|secret| secret.deleted.is_none());
        Ok(observed
            .filter_map(|secret| secret.observe(look.stack()))
            .collect())
    }

    /// One of this stack's own that is pending deletion is restored with what it holds; its
    /// description is left to `update` (row 63).
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.secrets.create_secret().name(&who.name);
        let call = call
            .set_description(Some(self.description.clone()).filter(|text| !text.is_empty()))
            .set_tags(Some(wire(&who.tags)));
        match call.send().await.map_err(refused) {
            Ok(made) => {
                let arn = made.arn.unwrap_or_default();
                let outputs = [("arn", arn.clone()), ("name", who.name.clone())];
                Ok(Made::usable(arn, self.clone(), outputs))
            }
            Err(error) if error.fault == Fault::NotYet => {
                restore(aws, who, error).await.map(Made::unseen)
            }
            Err(error) => Err(error),
        }
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        if self.description != from.description {
            let call = aws.secrets.update_secret().secret_id(who.id()?);
            let call = call.description(&self.description);
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.secrets.delete_secret().secret_id(who.id()?);
        let call = match who.keep_copy {
            true => call.recovery_window_in_days(RECOVERY_DAYS),
            false => call.force_delete_without_recovery(true),
        };
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let id = who.id()?;
        let call = aws.secrets.tag_resource().secret_id(id);
        call.set_tags(Some(wire(&who.tags)))
            .send()
            .await
            .map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.secrets.untag_resource().secret_id(id);
            call.set_tag_keys(Some(gone.to_vec()))
                .send()
                .await
                .map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", exported.output("name"))
            .text("description", &self.description)
            .tags(exported.tags)
            .prevent_destroy()
            .ignore_changes(
                "An import does not read these; take a name out to set it.",
                &["force_overwrite_replica_secret", "recovery_window_in_days"],
            );
        vec![Block::new("aws_secretsmanager_secret", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"description": "An example"}),
            changes: vec![("description", json!("Another example"))],
        }
    }
}

/// A secret as either read shows it.
struct Shown {
    arn: String,
    name: String,
    description: String,
    tags: Tags,
    created: Option<DateTime>,
    /// When it goes for good, for one that is pending deletion.
    deleted: Option<DateTime>,
}

impl From<SecretListEntry> for Shown {
    fn from(entry: SecretListEntry) -> Self {
        Self {
            arn: entry.arn.unwrap_or_default(),
            name: entry.name.unwrap_or_default(),
            description: entry.description.unwrap_or_default(),
            tags: read(entry.tags.unwrap_or_default()),
            created: entry.created_date,
            deleted: entry.deleted_date,
        }
    }
}

impl From<DescribeSecretOutput> for Shown {
    fn from(secret: DescribeSecretOutput) -> Self {
        Self {
            arn: secret.arn.unwrap_or_default(),
            name: secret.name.unwrap_or_default(),
            description: secret.description.unwrap_or_default(),
            tags: read(secret.tags.unwrap_or_default()),
            created: secret.created_date,
            deleted: secret.deleted_date,
        }
    }
}

impl Shown {
    fn observe(self, stack: &str) -> Option<Observed<Secret>> {
        let address = owned(stack, &self.tags)?;
        let outputs = [("arn", self.arn.clone()), ("name", self.name)];
        Some(Observed {
            id: self.arn,
            address: Some(address),
            props: Some(Secret {
                description: self.description,
            }),
            outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
            tags: self.tags,
            phase: Phase::Ready,
            created: timestamp(self.created.as_ref()),
            protected: None,
        })
    }
}

/// Those that carry the stack's tag, whatever their name. The filters take beginnings of keys and
/// of values, so ownership is still to be checked.
async fn listed(aws: &Aws, stack: &str) -> Result<Vec<Shown>, CloudError> {
    let filter =
        |key: FilterNameStringType, value: &str| Filter::builder().key(key).values(value).build();
    let call = aws.secrets.list_secrets();
    let call = call
        .filters(filter(FilterNameStringType::TagKey, STACK_TAG))
        .filters(filter(FilterNameStringType::TagValue, stack));
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.secret_list.unwrap_or_default();
        found.extend(page.into_iter().map(Shown::from));
    }
    Ok(found)
}

async fn described(aws: &Aws, id: &str) -> Result<Option<Shown>, CloudError> {
    let call = aws.secrets.describe_secret().secret_id(id);
    match call.send().await.map_err(refused) {
        Ok(secret) => Ok(Some(secret.into())),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes back this stack's own secret from its pending deletion; `why` for anybody else's. The tags
/// may have changed since; setting them again cannot make a second secret.
async fn restore(aws: &Aws, who: &Identity, why: CloudError) -> Result<String, CloudError> {
    let Some(old) = described(aws, &who.name).await? else {
        return Err(why);
    };
    if owned(&who.stack, &old.tags).as_ref() != Some(&who.address) || old.deleted.is_none() {
        return Err(why);
    }
    let call = aws.secrets.restore_secret().secret_id(&old.arn);
    call.send().await.map_err(refused)?;
    if who
        .tags
        .iter()
        .any(|(key, value)| old.tags.get(key) != Some(value))
    {
        let call = aws.secrets.tag_resource().secret_id(&old.arn);
        call.set_tags(Some(wire(&who.tags)))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(old.arn)
}

fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

fn read(tags: Vec<Tag>) -> Tags {
    let pairs = tags.into_iter();
    pairs
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect()
}
