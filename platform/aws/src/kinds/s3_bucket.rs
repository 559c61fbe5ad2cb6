//! A bucket of the Simple Storage Service.

mod exit;
mod lifecycle;
mod settings;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Tag, Tagging};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::operation::BuildError;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Disposition, Example, Identity, Made, Observed, Owner, Phase, Resource, Tags,
};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tag_lookup;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A general purpose bucket. Its name ends with the account's number: bucket names are one space
/// for all accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Bucket {
    /// Whether overwritten and deleted objects are kept as versions. Off means suspended where it
    /// was on once.
    #[serde(default = "yes")]
    pub versioning: bool,
    /// How objects are encrypted: S3 does it always.
    #[serde(default)]
    pub sse: Encryption,
    /// Whether S3 refuses whatever would make the bucket or an object public.
    #[serde(default = "yes")]
    pub block_public_access: bool,
    /// Whether the bucket's policy refuses every request without TLS. Other statements stay.
    #[serde(default = "yes")]
    pub tls_only: bool,
    /// Days after which objects go; null leaves that alone.
    #[serde(default)]
    pub expire_days: Option<i32>,
    /// Days after which versions go that are no longer current; null leaves that alone.
    #[serde(default)]
    pub noncurrent_expire_days: Option<i32>,
}

/// Whose keys encrypt objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Encryption {
    /// Keys of S3.
    #[default]
    #[serde(rename = "AES256")]
    Aes256,
    /// The account's key `aws/s3` in the Key Management Service.
    #[serde(rename = "aws:kms")]
    Kms,
}

fn yes() -> bool {
    true
}

/// `-` and the twelve digits of an account.
const ACCOUNT: usize = 13;

/// GB kept, where the stack file does not say.
const NOTHING: Decimal = Decimal::ZERO;

impl Resource for S3Bucket {
    type Cloud = Aws;
    const KIND: &'static str = "s3_bucket";
    const SERVICE: &'static str = "s3";
    const OUTPUTS: &'static [&'static str] = &["name", "arn", "domain_name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::DataStore;
    const NAMING: Naming = Naming::Hashed {
        max: 63 - ACCOUNT,
        generations: false,
        forbidden: &["xn--", "sthree-", "amzn-s3-demo-"],
    };
    const ACTIONS: &'static [&'static str] = &[
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:ListAllMyBuckets",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "sts:GetCallerIdentity",
        tag_lookup::ACTION,
    ];

    /// Storage, by the figure `s3_gb`; requests of one product are some cents.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "storage",
            assumptions.figure("s3_gb", NOTHING) * assumptions.lifetime(),
            "GB-month",
            "AmazonS3",
            "TimedStorage-ByteHrs",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let buckets = match look.focus() {
            Some(who) => {
                let name = match &who.id {
                    Some(id) => id.clone(),
                    None => full_name(&look.aws, &who.name).await?,
                };
                beginning(look, &name)
                    .await?
                    .into_iter()
                    .filter(|(found, _)| *found == name)
                    .collect()
            }
            None => candidates(look).await?,
        };
        let mut found = Vec::new();
        for (name, created) in buckets {
            let arn = arn_of(&name);
            let Some(tags) = tag_lookup::of(look, &arn, tags_of(&look.aws, &name)).await? else {
                continue;
            };
            if let Some(address) = owned(look.stack(), &tags) {
                let Some(props) = settings::read(&look.aws, &name).await? else {
                    continue;
                };
                let domain = format!("{name}.s3.{}.amazonaws.com", look.aws.region());
                let outputs = [
                    ("name", name.clone()),
                    ("arn", arn),
                    ("domain_name", domain),
                ];
                found.push(Observed {
                    id: name,
                    address: Some(address),
                    props: Some(props),
                    outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
                    tags,
                    phase: Phase::Ready,
                    created: timestamp(created.as_ref()),
                    protected: None,
                });
            }
        }
        Ok(found)
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let name = full_name(aws, &who.name).await?;
        let mut place = CreateBucketConfiguration::builder().set_tags(Some(wire(&who.tags)?));
        // us-east-1 is where a bucket is made that names no place, and may not be named.
        if aws.region() != "us-east-1" {
            place = place.location_constraint(BucketLocationConstraint::from(aws.region()));
        }
        let call = aws.s3.create_bucket().bucket(&name);
        let call = call.create_bucket_configuration(place.build());
        call.send().await.map_err(refused)?;
        // AWS's defaults for a new bucket have changed more than once.
        Ok(Made::unseen(name))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        settings::change(aws, who.id()?, self, from).await
    }

    /// S3 refuses to delete a bucket with anything in it; Bella deletes no object.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.s3.delete_bucket().bucket(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    /// The call takes all tags, so those of others are read and sent again.
    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let name = who.id()?;
        let mut tags = tags_of(aws, name).await?;
        tags.retain(|key, _| !gone.contains(key));
        tags.extend(who.tags.clone());
        let tags = Tagging::builder().set_tag_set(Some(wire(&tags)?));
        let call = aws.s3.put_bucket_tagging().bucket(name);
        let call = call.tagging(tags.build().map_err(incomplete)?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("name", "{}.bucket"),
        ("arn", "{}.arn"),
        ("domain_name", "{}.bucket_regional_domain_name"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        exit::terraform(self, exported)
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"expire_days": 365, "noncurrent_expire_days": 30}),
            changes: vec![
                ("versioning", json!(false)),
                ("sse", json!("aws:kms")),
                ("block_public_access", json!(false)),
                ("tls_only", json!(false)),
                ("expire_days", json!(90)),
                ("noncurrent_expire_days", json!(7)),
            ],
        }
    }
}

type Listed = Vec<(String, Option<DateTime>)>;

/// Buckets that may be the stack's: those with a name of ours and those with its tag.
async fn candidates(look: &Look) -> Result<Listed, CloudError> {
    let mut found = beginning(look, &tag_lookup::name_start(look)).await?;
    for name in tag_lookup::known(look, "arn:aws:s3:::").await? {
        if found.iter().all(|(known, _)| *known != name) {
            found.push((name, None));
        }
    }
    Ok(found)
}

/// Buckets in the region whose names begin so.
async fn beginning(look: &Look, start: &str) -> Result<Listed, CloudError> {
    let call = look.aws.s3.list_buckets().prefix(start).max_buckets(1000);
    let call = call.bucket_region(look.aws.region());
    let mut pages = call.into_paginator().send();
    let mut found = Listed::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.buckets.unwrap_or_default();
        let page = page.into_iter();
        found.extend(page.filter_map(|bucket| Some((bucket.name?, bucket.creation_date))));
    }
    Ok(found)
}

async fn full_name(aws: &Aws, name: &str) -> Result<String, CloudError> {
    Ok(format!("{name}-{}", aws.account().await?))
}

fn arn_of(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

/// A bucket without tags answers an error that says so.
async fn tags_of(aws: &Aws, name: &str) -> Result<Tags, CloudError> {
    let call = aws.s3.get_bucket_tagging().bucket(name);
    let tags = settings::set(call.send().await.map_err(refused))?;
    let tags = tags.map(|answer| answer.tag_set).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = tags.iter().map(tag).collect();
    tags.map_err(incomplete)
}

fn incomplete(error: BuildError) -> CloudError {
    CloudError::new(Fault::Rejected, "s3", "build a request", error.to_string())
}
