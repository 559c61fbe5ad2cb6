//! A repository of container images.

use aws_sdk_ecr::types::{ImageScanningConfiguration, ImageTagMutability, Repository as Wire, Tag};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::lifecycle::Lifecycle;
use super::tag_lookup;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

const LEAD: &str = "bella/";

/// A repository of container images. Its images go with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EcrRepository {
    /// Whether a tag, once pushed, may move to another image: `IMMUTABLE` (the default) or
    /// `MUTABLE`.
    #[serde(default = "immutable")]
    pub image_tag_mutability: String,
    /// Whether an image is scanned for known vulnerabilities when it is pushed; default true.
    #[serde(default = "yes")]
    pub scan_on_push: bool,
    /// Which images expire: an ECR lifecycle policy, as JSON; null leaves it alone.
    #[serde(default)]
    pub lifecycle_policy: Option<Lifecycle>,
}

fn immutable() -> String {
    "IMMUTABLE".to_owned()
}

fn yes() -> bool {
    true
}

/// GB of images, where the stack file does not say: twenty of 10 MB.
const FEW_IMAGES: Decimal = Decimal::from_parts(2, 0, 0, false, 1);

impl Resource for EcrRepository {
    type Cloud = Aws;
    const KIND: &'static str = "ecr_repository";
    const SERVICE: &'static str = "ecr";
    const OUTPUTS: &'static [&'static str] = &["name", "arn", "uri"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Path { lead: LEAD };
    const ACTIONS: &'static [&'static str] = &[
        "ecr:CreateRepository",
        "ecr:DeleteRepository",
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:ListTagsForResource",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
        tag_lookup::ACTION,
    ];

    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "images kept",
            assumptions.figure("image_gb", FEW_IMAGES) * assumptions.lifetime(),
            "GB-month",
            "AmazonECR",
            "TimedStorage-ByteHrs",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let call = look.aws.ecr.describe_repositories();
        let call = match look.focus() {
            Some(who) => call.repository_names(who.id.as_ref().unwrap_or(&who.name)),
            None => call,
        };
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            found.extend(page.map_err(refused)?.repositories.unwrap_or_default());
        }
        let prefix = format!("{LEAD}{}/", look.stack());
        found.retain(|repository| {
            let name = repository.repository_name().unwrap_or_default();
            look.id() == Some(name) || name.starts_with(&prefix)
        });
        let mut reads = Vec::new();
        for repository in found {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let arn = repository.repository_arn().unwrap_or_default();
            let noted = tag_lookup::noted(look, arn).await?;
            let read: Read<_> =
                Box::pin(async move { observe(&aws, &stack, &repository, noted).await });
            reads.push(read);
        }
        Ok(at_once::all(reads).await?.into_iter().flatten().collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ecr
            .create_repository()
            .repository_name(&who.name)
            .image_tag_mutability(self.mutability())
            .image_scanning_configuration(self.scanning())
            .set_tags(Some(wire(&who.tags)?));
        let made = call.send().await.map_err(refused)?.repository;
        let (arn, uri) = made
            .map(|made| (made.repository_arn, made.repository_uri))
            .unwrap_or_default();
        let name = who.name.clone();
        let outputs = [
            ("name", name.clone()),
            ("arn", arn.unwrap_or_default()),
            ("uri", uri.unwrap_or_default()),
        ];
        let bare = Self {
            lifecycle_policy: None,
            ..self.clone()
        };
        Ok(Made::usable(name, bare, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let name = who.id()?;
        if self.image_tag_mutability != from.image_tag_mutability {
            let call = aws.ecr.put_image_tag_mutability().repository_name(name);
            let call = call.image_tag_mutability(self.mutability());
            call.send().await.map_err(refused)?;
        }
        if self.scan_on_push != from.scan_on_push {
            let call = aws
                .ecr
                .put_image_scanning_configuration()
                .repository_name(name);
            let call = call.image_scanning_configuration(self.scanning());
            call.send().await.map_err(refused)?;
        }
        self.put_lifecycle(aws, name, from.lifecycle_policy.as_ref())
            .await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        // Row 49: a repository with images goes only by force; only ours get here.
        let call = aws
            .ecr
            .delete_repository()
            .repository_name(who.id()?)
            .force(true);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let call = aws.ecr.describe_repositories().repository_names(who.id()?);
        let found = call
            .send()
            .await
            .map_err(refused)?
            .repositories
            .unwrap_or_default();
        let arn = found
            .first()
            .and_then(Wire::repository_arn)
            .unwrap_or_default();
        let call = aws
            .ecr
            .tag_resource()
            .resource_arn(arn)
            .set_tags(Some(wire(&who.tags)?));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.ecr.untag_resource().resource_arn(arn);
            call.set_tag_keys(Some(gone.to_vec()))
                .send()
                .await
                .map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("name", "{}.name"),
        ("arn", "{}.arn"),
        ("uri", "{}.repository_url"),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let scan = Body::new().set("scan_on_push", self.scan_on_push);
        let body = Body::new()
            .set("name", name)
            .set("image_tag_mutability", self.image_tag_mutability.as_str())
            .block("image_scanning_configuration", scan)
            .tags(exported.tags);
        let policy = self.lifecycle_policy.iter().map(|policy| {
            let body = Body::new()
                .set("repository", exported.own("name"))
                .document("policy", policy.document());
            Block::new("aws_ecr_lifecycle_policy", name, body)
        });
        let repository = Block::new("aws_ecr_repository", name, body);
        [repository].into_iter().chain(policy).collect()
    }

    fn example() -> Example {
        let keeps = |days: u32| {
            json!({"rules": [{
                "rulePriority": 1,
                "description": "images without a tag",
                "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed",
                    "countUnit": "days", "countNumber": days},
                "action": {"type": "expire"}}]})
        };
        Example {
            parents: vec![],
            properties: json!({"lifecycle_policy": keeps(14)}),
            changes: vec![
                ("image_tag_mutability", json!("MUTABLE")),
                ("scan_on_push", json!(false)),
                ("lifecycle_policy", keeps(7)),
            ],
        }
    }
}

impl EcrRepository {
    fn mutability(&self) -> ImageTagMutability {
        ImageTagMutability::from(self.image_tag_mutability.as_str())
    }

    fn scanning(&self) -> ImageScanningConfiguration {
        ImageScanningConfiguration::builder()
            .scan_on_push(self.scan_on_push)
            .build()
    }

    async fn put_lifecycle(
        &self,
        aws: &Aws,
        name: &str,
        now: Option<&Lifecycle>,
    ) -> Result<(), CloudError> {
        let wanted = self.lifecycle_policy.as_ref();
        let Some(policy) = wanted.filter(|policy| Some(*policy) != now) else {
            return Ok(());
        };
        let call = aws.ecr.put_lifecycle_policy().repository_name(name);
        call.lifecycle_policy_text(policy.text())
            .send()
            .await
            .map_err(refused)?;
        Ok(())
    }
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = tags.iter().map(tag).collect();
    tags.map_err(|err| CloudError::new(Fault::Rejected, "ecr", "TagResource", err.to_string()))
}

async fn observe(
    aws: &Aws,
    stack: &str,
    repository: &Wire,
    noted: Option<Tags>,
) -> Result<Option<Observed<EcrRepository>>, CloudError> {
    match read(aws, stack, repository, noted).await {
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        other => other,
    }
}

async fn read(
    aws: &Aws,
    stack: &str,
    repository: &Wire,
    noted: Option<Tags>,
) -> Result<Option<Observed<EcrRepository>>, CloudError> {
    let name = repository.repository_name().unwrap_or_default();
    let arn = repository.repository_arn().unwrap_or_default();
    let tags = match noted {
        Some(tags) => tags,
        None => {
            let call = aws.ecr.list_tags_for_resource().resource_arn(arn);
            let answer = call.send().await.map_err(refused)?;
            let tags = answer.tags.unwrap_or_default().into_iter();
            tags.map(|tag| (tag.key, tag.value)).collect()
        }
    };
    let Some(address) = owned(stack, &tags) else {
        return Ok(None);
    };
    let outputs = [
        ("name", name),
        ("arn", arn),
        ("uri", repository.repository_uri().unwrap_or_default()),
    ];
    let scanning = repository.image_scanning_configuration();
    Ok(Some(Observed {
        id: name.to_owned(),
        address: Some(address),
        props: Some(EcrRepository {
            image_tag_mutability: repository
                .image_tag_mutability()
                .map(|value| value.as_str().to_owned())
                .unwrap_or_default(),
            scan_on_push: scanning.is_some_and(|scanning| scanning.scan_on_push()),
            lifecycle_policy: lifecycle(aws, name).await?,
        }),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags,
        phase: Phase::Ready,
        created: timestamp(repository.created_at()),
        protected: None,
    }))
}

/// The policy; a repository without one answers with an error.
async fn lifecycle(aws: &Aws, name: &str) -> Result<Option<Lifecycle>, CloudError> {
    match aws
        .ecr
        .get_lifecycle_policy()
        .repository_name(name)
        .send()
        .await
        .map_err(refused)
    {
        Ok(answer) => {
            Lifecycle::from_wire(answer.lifecycle_policy_text().unwrap_or("{}")).map(Some)
        }
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
