//! A queue of the Simple Queue Service.

mod attributes;

use aws_sdk_sqs::types::QueueAttributeName;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::at_once::{self, Read};
use super::policy::Policy;
use super::tag_lookup;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A standard queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqsQueue {
    /// Seconds that a message is kept, 60 to 1209600 (14 days).
    #[serde(default = "four_days")]
    pub message_retention_period: i32,
    /// Seconds that a received message stays hidden from others, 0 to 43200.
    #[serde(default = "half_a_minute")]
    pub visibility_timeout: i32,
    /// Seconds that a receive call waits for a message, 0 to 20.
    #[serde(default)]
    pub receive_message_wait_time: i32,
    /// Who else may use the queue. Null leaves the policy alone.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// Whether SQS encrypts messages with a key of its own.
    #[serde(default = "yes")]
    pub sse: bool,
}

fn four_days() -> i32 {
    4 * 24 * 60 * 60
}

fn half_a_minute() -> i32 {
    30
}

fn yes() -> bool {
    true
}

impl Resource for SqsQueue {
    type Cloud = Aws;
    const KIND: &'static str = "sqs_queue";
    const SERVICE: &'static str = "sqs";
    const OUTPUTS: &'static [&'static str] = &["url", "arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 80,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "sqs:ListQueues",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
        tag_lookup::ACTION,
    ];

    /// A queue costs nothing by itself; dead letters and audit notes stay far below the million
    /// requests a month that are free.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let urls = match look.focus() {
            Some(who) => match &who.id {
                Some(url) => vec![url.clone()],
                None => url_of(&look.aws, &who.name).await?.into_iter().collect(),
            },
            None => ours(look).await?,
        };
        let mut found = Vec::new();
        for url in urls {
            let arn = attributes::arn_of(look.aws.region(), &url);
            let Some(tags) = tag_lookup::of(look, &arn, tags_of(&look.aws, &url)).await? else {
                continue;
            };
            if let Some(address) = owned(look.stack(), &tags) {
                found.push((url, arn, address, tags));
            }
        }
        let reads = found.into_iter().map(|(url, arn, address, tags)| {
            let aws = look.aws.clone();
            let read: Read<_> = Box::pin(async move {
                let call = aws.sqs.get_queue_attributes().queue_url(&url);
                let call = call.attribute_names(QueueAttributeName::All);
                let answer = match call.send().await.map_err(refused) {
                    Err(error) if error.fault == Fault::NotFound => return Ok(None),
                    answer => answer?.attributes.unwrap_or_default(),
                };
                let seconds = answer.get(&QueueAttributeName::CreatedTimestamp);
                let created = seconds.and_then(|seconds| seconds.parse().ok());
                let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
                let outputs = [("url", url.clone()), ("arn", arn), ("name", name)];
                Ok(Some(Observed {
                    id: url,
                    address: Some(address),
                    props: Some(attributes::read(&answer)?),
                    outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
                    tags,
                    phase: Phase::Ready,
                    created: created.and_then(|seconds| Timestamp::from_second(seconds).ok()),
                    protected: None,
                }))
            });
            read
        });
        let all = at_once::all(reads.collect()).await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// Making a queue that is there with the same attributes answers with it.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.sqs.create_queue().queue_name(&who.name);
        let call = call.set_attributes(Some(attributes::all(self)));
        let call = call.set_tags(Some(who.tags.clone().into_iter().collect()));
        let answer = call.send().await.map_err(refused)?;
        Ok(Made::unseen(answer.queue_url.unwrap_or_default()))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let now = attributes::all(from);
        let mut changed = attributes::all(self);
        changed.retain(|name, value| now.get(name) != Some(value));
        if changed.is_empty() {
            return Ok(());
        }
        let call = aws.sqs.set_queue_attributes().queue_url(who.id()?);
        let call = call.set_attributes(Some(changed));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.sqs.delete_queue().queue_url(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let call = aws.sqs.tag_queue().queue_url(who.id()?);
        let call = call.set_tags(Some(who.tags.clone().into_iter().collect()));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.sqs.untag_queue().queue_url(who.id()?);
            let call = call.set_tag_keys(Some(gone.to_vec()));
            call.send().await.map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("url", "{}.url"), ("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", exported.output("name"))
            .set("message_retention_seconds", self.message_retention_period)
            .set("visibility_timeout_seconds", self.visibility_timeout)
            .set("receive_wait_time_seconds", self.receive_message_wait_time)
            .set("sqs_managed_sse_enabled", self.sse);
        let body = match &self.policy {
            Some(policy) => body.document("policy", policy.document()),
            None => body,
        };
        let body = body.ignore_changes(
            "What AWS gives a new queue is not what the provider takes for it.",
            &["max_message_size"],
        );
        vec![Block::new(
            "aws_sqs_queue",
            exported.id,
            body.tags(exported.tags),
        )]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"policy": lets_send("events.amazonaws.com")}),
            changes: vec![
                ("message_retention_period", json!(86400)),
                ("visibility_timeout", json!(60)),
                ("receive_message_wait_time", json!(20)),
                ("policy", lets_send("sns.amazonaws.com")),
                ("sse", json!(false)),
            ],
        }
    }
}

fn lets_send(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": "*"}]})
}

/// The URLs of queues that may be the stack's: those with a name of ours and those with its tag.
async fn ours(look: &Look) -> Result<Vec<String>, CloudError> {
    let call = look.aws.sqs.list_queues().max_results(1000);
    let call = call.queue_name_prefix(tag_lookup::name_start(look));
    let mut pages = call.into_paginator().send();
    let mut urls = Vec::new();
    while let Some(page) = pages.next().await {
        urls.extend(page.map_err(refused)?.queue_urls.unwrap_or_default());
    }
    let lead = format!("arn:aws:sqs:{}:", look.aws.region());
    for rest in tag_lookup::known(look, &lead).await? {
        let name = rest.rsplit(':').next().unwrap_or_default();
        if !urls.iter().any(|url| url.rsplit('/').next() == Some(name)) {
            urls.extend(url_of(&look.aws, name).await?);
        }
    }
    Ok(urls)
}

async fn url_of(aws: &Aws, name: &str) -> Result<Option<String>, CloudError> {
    let call = aws.sqs.get_queue_url().queue_name(name);
    match call.send().await.map_err(refused) {
        Ok(answer) => Ok(answer.queue_url),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn tags_of(aws: &Aws, url: &str) -> Result<Tags, CloudError> {
    let call = aws.sqs.list_queue_tags().queue_url(url);
    let tags = call.send().await.map_err(refused)?.tags;
    Ok(tags.unwrap_or_default().into_iter().collect())
}
