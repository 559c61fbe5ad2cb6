//! A subscription to a topic.

use aws_sdk_sns::types::Subscription as Wire;
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{sns_topic, tag_lookup};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A subscription. Until its owner confirms it, AWS gives it no ARN; its id is then
/// `<topic>/<protocol>/<endpoint>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnsSubscription {
    /// ARN of the topic.
    pub topic: String,
    /// How a message is delivered.
    pub protocol: Protocol,
    /// Where to: an e-mail address, an HTTPS URL, the ARN of a queue.
    pub endpoint: String,
}

/// Ways of delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// By e-mail; the addressee has to confirm it first.
    Email,
    /// By a POST request; the endpoint has to confirm it first.
    Https,
    /// Into a queue.
    Sqs,
}

impl Protocol {
    fn text(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Https => "https",
            Self::Sqs => "sqs",
        }
    }

    fn of(text: &str) -> Option<Self> {
        let all = [Self::Email, Self::Https, Self::Sqs];
        all.into_iter().find(|protocol| protocol.text() == text)
    }
}

impl Resource for SnsSubscription {
    type Cloud = Aws;
    const KIND: &'static str = "sns_subscription";
    const SERVICE: &'static str = "sns";
    const OUTPUTS: &'static [&'static str] = &["topic"];
    const IMMUTABLE: &'static [&'static str] = &["topic", "protocol", "endpoint"];
    const EXCLUSIVE: &'static [&'static str] = Self::IMMUTABLE;
    const OWNED_BY: Owner = Owner::Parent("sns_topic");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "sns:ListSubscriptions",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sns:ListTopics",
        "sns:Subscribe",
        "sns:Unsubscribe",
        tag_lookup::ACTION,
    ];

    /// The thousand e-mails and million requests a month that are free are more than alarms send.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        if let Some(id) = look.id() {
            let call = look.aws.sns.list_subscriptions_by_topic();
            let mut pages = call.topic_arn(topic_of(id)).into_paginator().send();
            let mut found = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(refused)?.subscriptions.unwrap_or_default();
                let page = page.iter().filter_map(|one| observe(&look.aws, one));
                found.extend(page.filter(|seen| seen.id == id));
            }
            return Ok(found);
        }
        let topics = sns_topic::our_arns(look).await?;
        if topics.is_empty() {
            return Ok(Vec::new());
        }
        let mut pages = look.aws.sns.list_subscriptions().into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(refused)?.subscriptions.unwrap_or_default();
            let page = page.iter().filter_map(|one| observe(&look.aws, one));
            let is_ours = |seen: &Observed<Self>| {
                let topic = seen.outputs.get("topic");
                topic.is_some_and(|topic| topics.contains(topic))
            };
            found.extend(page.filter(is_ours));
        }
        Ok(found)
    }

    /// Subscribing again answers with the subscription that is there.
    async fn create(&self, aws: &Aws, _who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.sns.subscribe().topic_arn(&self.topic);
        let call = call.protocol(self.protocol.text()).endpoint(&self.endpoint);
        let arn = call.send().await.map_err(refused)?.subscription_arn;
        let arn = arn.filter(|arn| is_confirmed(arn));
        let id = arn.unwrap_or_else(|| pending(&self.topic, self.protocol.text(), &self.endpoint));
        aws.abandoned().take_back(&id);
        let outputs = [("topic", self.topic.clone())];
        Ok(Made::usable(id, self.clone(), outputs))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Every property is part of its identity.
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    /// One that nobody confirmed cannot be removed (aws-behaviours row 70): it goes with its topic,
    /// or by itself three days after it was made. Until then another run finds it and says again
    /// that it is to go.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        if !is_confirmed(id) {
            aws.abandoned().add(id);
            return Ok(());
        }
        let call = aws.sns.unsubscribe().subscription_arn(id);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(_aws: &Aws, _who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        Ok(()) // It takes no tags.
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("topic", "{}.topic_arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        // One that nobody has confirmed has no ARN, and Terraform imports by it.
        if !is_confirmed(exported.id) {
            return Vec::new();
        }
        let body = Body::new()
            .set("topic_arn", self.topic.as_str())
            .set("protocol", self.protocol.text())
            .set("endpoint", self.endpoint.as_str())
            .ignore_changes(
                "An import does not read these; take a name out to set it.",
                &["confirmation_timeout_in_minutes", "endpoint_auto_confirms"],
            );
        vec![Block::new("aws_sns_topic_subscription", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![
                ("sns_topic.parent", json!({})),
                ("sqs_queue.parent", json!({})),
            ],
            properties: json!({
                "topic": "${sns_topic.parent.arn}",
                "protocol": "sqs",
                "endpoint": "${sqs_queue.parent.arn}",
            }),
            changes: vec![],
        }
    }
}

/// Protocol and endpoint of a subscription that its owner has not confirmed; `None` when it is.
pub(crate) fn unconfirmed(id: &str) -> Option<(&str, &str)> {
    if is_confirmed(id) {
        return None;
    }
    id.split_once('/')?.1.split_once('/')
}

/// A subscription's ARN is its topic's with one more part.
fn is_confirmed(id: &str) -> bool {
    id.starts_with("arn:") && id.split(':').count() == 7 && !id.contains('/')
}

fn pending(topic: &str, protocol: &str, endpoint: &str) -> String {
    format!("{topic}/{protocol}/{endpoint}")
}

fn topic_of(id: &str) -> &str {
    match id.split_once('/') {
        Some((topic, _)) => topic,
        None => id.rsplit_once(':').map_or(id, |(topic, _)| topic),
    }
}

/// One whose protocol is none of ours is somebody else's.
fn observe(aws: &Aws, one: &Wire) -> Option<Observed<SnsSubscription>> {
    let (topic, endpoint) = (one.topic_arn()?, one.endpoint().unwrap_or_default());
    let protocol = Protocol::of(one.protocol()?)?;
    let arn = one.subscription_arn().filter(|arn| is_confirmed(arn));
    let id = arn.map_or_else(|| pending(topic, protocol.text(), endpoint), str::to_owned);
    if aws.abandoned().has(&id) {
        return None;
    }
    Some(Observed {
        id,
        address: None,
        props: Some(SnsSubscription {
            topic: topic.to_owned(),
            protocol,
            endpoint: endpoint.to_owned(),
        }),
        outputs: [("topic".to_owned(), topic.to_owned())].into(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_70_an_unconfirmed_subscription_is_known_by_its_parts() {
        let topic = "arn:aws:sns:ca-central-1:123456789012:alarms";
        let arn = format!("{topic}:5f0ad2b0-0000-4000-8000-000000000000");
        let waiting = pending(topic, "https", "https://bella.example/a:b");
        let cases = [
            (arn.as_str(), true),
            (waiting.as_str(), false),
            ("PendingConfirmation", false),
            ("pending confirmation", false),
        ];
        for (id, confirmed) in cases {
            assert_eq!(is_confirmed(id), confirmed, "{id}");
        }
        assert_eq!((topic_of(&arn), topic_of(&waiting)), (topic, topic));
    }
}
