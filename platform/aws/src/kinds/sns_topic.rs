//! A topic of the Simple Notification Service.

use std::sync::Arc;

use aws_sdk_sns::types::Tag;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tag_lookup;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A topic. It has no properties: who may publish and what is delivered stay AWS's defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnsTopic {}

impl Resource for SnsTopic {
    type Cloud = Aws;
    const KIND: &'static str = "sns_topic";
    const SERVICE: &'static str = "sns";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 256,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:ListTagsForResource",
        "sns:ListTopics",
        "sns:TagResource",
        "sns:UntagResource",
        tag_lookup::ACTION,
    ];

    /// A topic costs nothing; the alarms of one stack stay within the million requests and thousand
    /// e-mails a month that are free.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let candidates = match look.focus() {
            Some(who) => match &who.id {
                Some(arn) => vec![arn.clone()],
                None => named(&look.aws, |name| name == who.name).await?,
            },
            None => ours(look).await?.iter().cloned().collect(),
        };
        let mut found = Vec::new();
        for arn in candidates {
            let tags = tag_lookup::of(look, &arn, tags_of(&look.aws, &arn)).await?;
            found.extend(tags.and_then(|tags| observe(look, &arn, tags)));
        }
        Ok(found)
    }

    /// Making a topic that is there with the same tags answers with it; with others it is refused.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.sns.create_topic().name(&who.name);
        let answer = call.set_tags(Some(wire(&who.tags)?)).send().await;
        let arn = answer.map_err(refused)?.topic_arn.unwrap_or_default();
        let outputs = [("arn", arn.clone()), ("name", who.name.clone())];
        Ok(Made::usable(arn, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // There is nothing to change.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.sns.delete_topic().topic_arn(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let call = aws.sns.tag_resource().resource_arn(who.id()?);
        let call = call.set_tags(Some(wire(&who.tags)?));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.sns.untag_resource().resource_arn(who.id()?);
            let call = call.set_tag_keys(Some(gone.to_vec()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", exported.output("name"))
            .tags(exported.tags);
        vec![Block::new("aws_sns_topic", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({}),
            changes: vec![],
        }
    }
}

/// The ARNs of topics that may be the stack's: those with a name of ours and those with its tag.
async fn ours(look: &Look) -> Result<Arc<Vec<String>>, CloudError> {
    look.once("sns topics", async {
        let start = tag_lookup::name_start(look);
        let mut arns = named(&look.aws, |name| name.starts_with(&start)).await?;
        let lead = format!("arn:aws:sns:{}:", look.aws.region());
        for rest in tag_lookup::known(look, &lead).await? {
            let arn = format!("{lead}{rest}");
            if !arns.contains(&arn) {
                arns.push(arn);
            }
        }
        Ok(arns)
    })
    .await
}

/// The ARNs of the stack's topics, for what hangs on them.
pub(super) async fn our_arns(look: &Look) -> Result<Vec<String>, CloudError> {
    let mut found = Vec::new();
    for arn in ours(look).await?.iter() {
        let tags = look.tagged().await?.get(arn).cloned();
        let tags = match tags {
            Some(tags) => Some(tags),
            None => tag_lookup::of(look, arn, tags_of(&look.aws, arn)).await?,
        };
        let is_ours = tags.is_some_and(|tags| owned(look.stack(), &tags).is_some());
        found.extend(is_ours.then(|| arn.clone()));
    }
    Ok(found)
}

async fn named(aws: &Aws, fits: impl Fn(&str) -> bool) -> Result<Vec<String>, CloudError> {
    let mut pages = aws.sns.list_topics().into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let topics = page.map_err(refused)?.topics.unwrap_or_default();
        let page = topics.into_iter().filter_map(|topic| topic.topic_arn);
        arns.extend(page.filter(|arn| fits(name_of(arn))));
    }
    Ok(arns)
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, CloudError> {
    let call = aws.sns.list_tags_for_resource().resource_arn(arn);
    let tags = call.send().await.map_err(refused)?.tags.unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = tags.iter().map(tag).collect();
    tags.map_err(|err| CloudError::new(Fault::Rejected, "sns", "TagResource", err.to_string()))
}

fn observe(look: &Look, arn: &str, tags: Tags) -> Option<Observed<SnsTopic>> {
    let outputs = [("arn", arn), ("name", name_of(arn))];
    Some(Observed {
        id: arn.to_owned(),
        address: Some(owned(look.stack(), &tags)?),
        props: Some(SnsTopic {}),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags,
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
