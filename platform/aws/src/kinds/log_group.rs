//! A log group with its retention.

use aws_sdk_cloudwatchlogs::types::LogGroup as Wire;
use aws_smithy_types::DateTime;
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
use super::tag_lookup;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

const LEAD: &str = "/bella/";

/// A log group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogGroup {
    /// Days that events are kept: one of the numbers CloudWatch Logs takes (1, 3, 5, 7, 14, 30,
    /// 60, 90, 120, 150, 180, 365, … 3653), or 0 for ever.
    pub retention_in_days: i32,
}

/// GB of log a month, where the stack file does not say.
const HALF: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

impl Resource for LogGroup {
    type Cloud = Aws;
    const KIND: &'static str = "log_group";
    const SERVICE: &'static str = "logs";
    const OUTPUTS: &'static [&'static str] = &["name", "arn"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Path { lead: LEAD };
    const ACTIONS: &'static [&'static str] = &[
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DescribeLogGroups",
        "logs:ListTagsForResource",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
        tag_lookup::ACTION,
        "sts:GetCallerIdentity",
    ];

    /// Storage is what the retention lets pile up; kept for ever, a year's worth.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let months = match self.retention_in_days {
            0 => Decimal::from(12),
            days => Decimal::from(days) / Decimal::from(30),
        };
        let taken_in = assumptions.figure("log_gb", HALF);
        let of = |component, quantity, unit, usage_type: &str| {
            Quantity::new(component, quantity, unit, "AmazonCloudWatch", usage_type)
        };
        Usage::Metered(vec![
            of("log data taken in", taken_in, "GB", "DataProcessing-Bytes"),
            of(
                "log data kept",
                taken_in * months,
                "GB-month",
                "TimedStorage-ByteHrs",
            ),
        ])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let exact = look.focus().map(|who| who.id.as_ref().unwrap_or(&who.name));
        let groups = match exact {
            Some(name) => described(&look.aws, name).await?.into_iter().collect(),
            None => beginning(&look.aws, &format!("{LEAD}{}/", look.stack())).await?,
        };
        let mut reads = Vec::new();
        for group in groups {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let noted = tag_lookup::noted(look, &arn(&group)).await?;
            let read: Read<_> = Box::pin(async move { observe(&aws, &stack, &group, noted).await });
            reads.push(read);
        }
        Ok(at_once::all(reads).await?.into_iter().flatten().collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws.logs.create_log_group().log_group_name(&who.name);
        let call = call.set_tags(Some(who.tags.clone().into_iter().collect()));
        call.send().await.map_err(refused)?;
        let name = who.name.clone();
        let arn = aws.arn("logs", &format!("log-group:{name}")).await?;
        let outputs = [("name", name.clone()), ("arn", arn)];
        let for_ever = Self {
            retention_in_days: 0,
        };
        Ok(Made::usable(name, for_ever, outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        self.keep(aws, who.id()?, from.retention_in_days).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.logs.delete_log_group().log_group_name(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let name = who.id()?;
        let Some(group) = described(aws, name).await? else {
            let message = format!("log group {name} is not there");
            return Err(CloudError::new(
                Fault::NotFound,
                "cloudwatchlogs",
                "TagResource",
                message,
            ));
        };
        let arn = arn(&group);
        let call = aws.logs.tag_resource().resource_arn(&arn);
        let call = call.set_tags(Some(who.tags.clone().into_iter().collect()));
        call.send().await.map_err(refused)?;
        if !gone.is_empty() {
            let call = aws.logs.untag_resource().resource_arn(&arn);
            call.set_tag_keys(Some(gone.to_vec()))
                .send()
                .await
                .map_err(refused)?;
        }
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let body = Body::new()
            .set("name", exported.id)
            .set("retention_in_days", self.retention_in_days)
            .tags(exported.tags);
        vec![Block::new("aws_cloudwatch_log_group", exported.id, body)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({"retention_in_days": 14}),
            changes: vec![("retention_in_days", json!(0))],
        }
    }
}

impl LogGroup {
    async fn keep(&self, aws: &Aws, name: &str, now: i32) -> Result<(), CloudError> {
        match self.retention_in_days {
            days if days == now => {}
            0 => {
                let call = aws.logs.delete_retention_policy().log_group_name(name);
                call.send().await.map_err(refused)?;
            }
            days => {
                let call = aws.logs.put_retention_policy().log_group_name(name);
                call.retention_in_days(days).send().await.map_err(refused)?;
            }
        }
        Ok(())
    }
}

async fn beginning(aws: &Aws, prefix: &str) -> Result<Vec<Wire>, CloudError> {
    let call = aws.logs.describe_log_groups().log_group_name_prefix(prefix);
    let mut pages = call.into_paginator().send();
    let mut groups = Vec::new();
    while let Some(page) = pages.next().await {
        groups.extend(page.map_err(refused)?.log_groups.unwrap_or_default());
    }
    Ok(groups)
}

/// The group of exactly that name. The first page is enough: names come in order, and a name
/// stands before all that it begins.
async fn described(aws: &Aws, name: &str) -> Result<Option<Wire>, CloudError> {
    let call = aws.logs.describe_log_groups().log_group_name_prefix(name);
    let page = call
        .send()
        .await
        .map_err(refused)?
        .log_groups
        .unwrap_or_default();
    Ok(page
        .into_iter()
        .find(|group| group.log_group_name() == Some(name)))
}

/// The ARN without the `:*` that stands for the group's streams; tagging takes no other.
fn arn(group: &Wire) -> String {
    let arn = group.log_group_arn().or(group.arn()).unwrap_or_default();
    arn.strip_suffix(":*").unwrap_or(arn).to_owned()
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, CloudError> {
    let call = aws.logs.list_tags_for_resource().resource_arn(arn);
    let answer = call.send().await.map_err(refused)?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}

async fn observe(
    aws: &Aws,
    stack: &str,
    group: &Wire,
    noted: Option<Tags>,
) -> Result<Option<Observed<LogGroup>>, CloudError> {
    let arn = arn(group);
    let name = group.log_group_name().unwrap_or_default().to_owned();
    let tags = match noted {
        Some(tags) => tags,
        None => match tags_of(aws, &arn).await {
            Ok(tags) => tags,
            Err(error) if error.fault == Fault::NotFound => return Ok(None),
            Err(error) => return Err(error),
        },
    };
    let created = group.creation_time().map(DateTime::from_millis);
    Ok(owned(stack, &tags).map(|address| Observed {
        id: name.clone(),
        address: Some(address),
        props: Some(LogGroup {
            retention_in_days: group.retention_in_days().unwrap_or(0),
        }),
        outputs: [("name".to_owned(), name), ("arn".to_owned(), arn)].into(),
        tags,
        phase: Phase::Ready,
        created: timestamp(created.as_ref()),
        protected: None,
    }))
}
