//! An alarm over the states of other alarms.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{CompositeAlarm as Wire, Tag};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::metric_alarm::{TOPICS, yes};
use super::{alarms, cloudwatch_tags};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// An alarm over the states of other alarms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompositeAlarm {
    /// What it means and what to do; default empty.
    #[serde(default)]
    pub description: String,
    /// Which states set it off, for example `ALARM("<arn>") OR ALARM("<arn>")`. CloudWatch takes
    /// names and ARNs of alarms; with ARNs the plan knows which alarms it uses, and removes it
    /// before them.
    pub rule: String,
    /// ARNs of what is told when it goes off, at most five.
    #[serde(default)]
    pub alarm_actions: BTreeSet<String>,
    /// ARNs of what is told when all is well again, at most five.
    #[serde(default)]
    pub ok_actions: BTreeSet<String>,
    /// Whether anybody is told; default true.
    #[serde(default = "yes")]
    pub actions_enabled: bool,
}

impl Resource for CompositeAlarm {
    type Cloud = Aws;
    const KIND: &'static str = "composite_alarm";
    const SERVICE: &'static str = "cloudwatch";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:PutCompositeAlarm",
        cloudwatch_tags::ACTIONS[0],
        cloudwatch_tags::ACTIONS[1],
        cloudwatch_tags::ACTIONS[2],
        cloudwatch_tags::ACTIONS[3],
        "sts:GetCallerIdentity",
    ];

    /// Has a price of its own, whatever the number of alarms in its rule.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        Usage::Metered(vec![Quantity::new(
            "composite alarm",
            assumptions.months(Self::KIND),
            "alarm-month",
            "AmazonCloudWatch",
            "CW:CompositeAlarmMonitorUsage",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = alarms::of_look(look).await?;
        let ours = found.composite.iter();
        Ok(ours
            .filter_map(|(alarm, tags)| observe(look.stack(), alarm, tags))
            .collect())
    }

    /// The call replaces an alarm of that name; it takes tags only for a new one.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let tags = Some(cloudwatch_tags::wire(&who.tags));
        self.put(aws, &who.name, tags).await?;
        let name = who.name.clone();
        let arn = aws.arn("cloudwatch", &format!("alarm:{name}")).await?;
        let outputs = [("arn", arn), ("name", name.clone())];
        Ok(Made::usable(name, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.put(aws, who.id()?, None).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        alarms::delete(aws, who).await
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        alarms::tag(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.alarm_name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let name = exported.output("name");
        let body = Body::new()
            .set("alarm_name", name)
            .text("alarm_description", &self.description)
            .set("alarm_rule", self.rule.as_str())
            .set("actions_enabled", self.actions_enabled)
            .list("alarm_actions", self.alarm_actions.iter().cloned())
            .list("ok_actions", self.ok_actions.iter().cloned())
            .tags(exported.tags);
        vec![Block::new("aws_cloudwatch_composite_alarm", name, body)]
    }

    fn example() -> Example {
        let metric = |name: &str| {
            json!({
                "namespace": "Bella/Voice",
                "metric_name": name,
                "statistic": "Sum",
                "period_seconds": 60,
                "comparison": "GreaterThanThreshold",
                "threshold": 0,
                "evaluation_periods": 1,
                "treat_missing_data": "missing",
            })
        };
        Example {
            parents: vec![
                ("metric_alarm.parent", metric("One")),
                ("metric_alarm.other", metric("Other")),
            ],
            properties: json!({
                "description": "One of two",
                "rule": "ALARM(\"${metric_alarm.parent.arn}\")",
                "alarm_actions": [TOPICS[0]],
            }),
            changes: vec![
                ("description", json!("One of the two")),
                (
                    "rule",
                    json!(
                        "ALARM(\"${metric_alarm.parent.arn}\") OR ALARM(\"${metric_alarm.other.arn}\")"
                    ),
                ),
                ("alarm_actions", json!(TOPICS)),
                ("ok_actions", json!([TOPICS[1]])),
                ("actions_enabled", json!(false)),
            ],
        }
    }
}

impl CompositeAlarm {
    async fn put(&self, aws: &Aws, name: &str, tags: Option<Vec<Tag>>) -> Result<(), CloudError> {
        let some = |all: &BTreeSet<String>| Some(all.iter().cloned().collect());
        let call = aws
            .cloudwatch
            .put_composite_alarm()
            .alarm_name(name)
            .alarm_description(&self.description)
            .alarm_rule(&self.rule)
            .set_alarm_actions(some(&self.alarm_actions))
            .set_ok_actions(some(&self.ok_actions))
            .actions_enabled(self.actions_enabled)
            .set_tags(tags);
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

fn observe(stack: &str, alarm: &Wire, tags: &Tags) -> Option<Observed<CompositeAlarm>> {
    let (name, arn) = (alarm.alarm_name()?, alarm.alarm_arn()?);
    let set = |all: &[String]| all.iter().cloned().collect();
    Some(Observed {
        id: name.to_owned(),
        address: Some(owned(stack, tags)?),
        props: Some(CompositeAlarm {
            description: alarm.alarm_description().unwrap_or_default().to_owned(),
            rule: alarm.alarm_rule().unwrap_or_default().to_owned(),
            alarm_actions: set(alarm.alarm_actions()),
            ok_actions: set(alarm.ok_actions()),
            actions_enabled: alarm.actions_enabled().unwrap_or(true),
        }),
        outputs: [("arn", arn), ("name", name)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: tags.clone(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
