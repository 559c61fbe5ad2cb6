//! The stack's alarms of both types, read together: one listing serves both kinds.

use std::sync::Arc;

use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Identity, Tags};

use super::cloudwatch_tags;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// DescribeAlarms takes so many names, and gives so many a page.
const BATCH: usize = 100;

/// Alarms that carry the stack's tags, with these.
#[derive(Default)]
pub(crate) struct Alarms {
    pub(crate) metric: Vec<(MetricAlarm, Tags)>,
    pub(crate) composite: Vec<(CompositeAlarm, Tags)>,
}

/// The stack's alarms, or the one that is waited on; read once a look.
///
/// A generated name begins with the stack's name. Alarms of other names that carry the stack's tags
/// were adopted; the tagging service knows them.
pub(crate) async fn of_look(look: &Look) -> Result<Arc<Alarms>, CloudError> {
    look.once("alarms", async {
        let found = match look.focus() {
            Some(who) => {
                let name = who.id.as_ref().unwrap_or(&who.name);
                named(&look.aws, vec![name.clone()]).await?
            }
            None => all(look).await?,
        };
        let arns = found.metric.iter().filter_map(|one| one.alarm_arn.clone());
        let more = found.composite.iter();
        let arns = arns.chain(more.filter_map(|one| one.alarm_arn.clone()));
        let tags = cloudwatch_tags::of(look, arns.collect()).await?;
        let ours = |arn: Option<&str>| {
            let tags = tags.get(arn?)?;
            owned(look.stack(), tags).map(|_| tags.clone())
        };
        let metric = found.metric.into_iter();
        let composite = found.composite.into_iter();
        Ok(Alarms {
            metric: metric
                .filter_map(|one| ours(one.alarm_arn()).map(|tags| (one, tags)))
                .collect(),
            composite: composite
                .filter_map(|one| ours(one.alarm_arn()).map(|tags| (one, tags)))
                .collect(),
        })
    })
    .await
}

/// Alarms as described, of whoever's.
#[derive(Default)]
struct Described {
    metric: Vec<MetricAlarm>,
    composite: Vec<CompositeAlarm>,
}

async fn all(look: &Look) -> Result<Described, CloudError> {
    let prefix = format!("{}-", look.stack());
    let mut found = pages(&look.aws, Some(&prefix), None).await?;
    let tagged = look.tagged().await?;
    let adopted: Vec<String> = tagged
        .keys()
        .filter_map(|arn| name_of(arn, look.aws.region()))
        .filter(|name| !name.starts_with(&prefix))
        .map(str::to_owned)
        .collect();
    if !adopted.is_empty() {
        let more = named(&look.aws, adopted).await?;
        found.metric.extend(more.metric);
        found.composite.extend(more.composite);
    }
    Ok(found)
}

/// The name in an alarm's ARN, `arn:<partition>:cloudwatch:<region>:<account>:alarm:<name>`.
fn name_of<'a>(arn: &'a str, region: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(7, ':');
    let is_alarm =
        parts.nth(2)? == "cloudwatch" && parts.next()? == region && parts.nth(1)? == "alarm";
    parts.next().filter(|_| is_alarm)
}

async fn named(aws: &Aws, names: Vec<String>) -> Result<Described, CloudError> {
    let mut found = Described::default();
    for batch in names.chunks(BATCH) {
        let more = pages(aws, None, Some(batch.to_vec())).await?;
        found.metric.extend(more.metric);
        found.composite.extend(more.composite);
    }
    Ok(found)
}

/// Composite alarms are only described when they are asked for by type.
async fn pages(
    aws: &Aws,
    prefix: Option<&str>,
    names: Option<Vec<String>>,
) -> Result<Described, CloudError> {
    let call = aws
        .cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .set_alarm_name_prefix(prefix.map(str::to_owned))
        .set_alarm_names(names)
        .max_records(100);
    let mut pages = call.into_paginator().send();
    let mut found = Described::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        found.metric.extend(page.metric_alarms.unwrap_or_default());
        let more = page.composite_alarms.unwrap_or_default();
        found.composite.extend(more);
    }
    Ok(found)
}

/// Deletes an alarm of either type.
pub(super) async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
    let call = aws.cloudwatch.delete_alarms().alarm_names(who.id()?);
    call.send().await.map_err(refused)?;
    Ok(())
}

/// Sets `who.tags` on an alarm of either type and removes `gone`; tags go by ARN.
pub(super) async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
    let name = who.id()?;
    let found = named(aws, vec![name.to_owned()]).await?;
    let metric = found.metric.first().and_then(MetricAlarm::alarm_arn);
    let composite = found.composite.first().and_then(CompositeAlarm::alarm_arn);
    let Some(arn) = metric.or(composite) else {
        let message = format!("alarm {name} is not there");
        return Err(CloudError::new(
            Fault::NotFound,
            "cloudwatch",
            "TagResource",
            message,
        ));
    };
    cloudwatch_tags::set(aws, arn, who, gone).await
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn names_of_alarms_here() {
        let here = "ca-central-1";
        for (arn, name) in [
            ("arn:aws:cloudwatch:ca-central-1:1:alarm:a-b", Some("a-b")),
            ("arn:aws:cloudwatch:ca-central-1:1:alarm:a:b", Some("a:b")),
            ("arn:aws:cloudwatch:us-east-1:1:alarm:a-b", None),
            ("arn:aws:cloudwatch::1:dashboard/d", None),
            ("arn:aws:sns:ca-central-1:1:alarm:a", None),
            ("arn:aws:s3:::bucket", None),
        ] {
            assert_eq!(name_of(arn, here), name, "{arn}");
        }
    }
}
