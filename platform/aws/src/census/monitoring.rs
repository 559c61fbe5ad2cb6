//! What CloudWatch and Application Auto Scaling still have.

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudwatch::types::AlarmType;
use aws_sdk_ecs::types::ClusterField;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;
use crate::find::REGION_TAG;

type Found = Result<Vec<Survivor>, CloudError>;

/// Alarms of both types (those that scaling made among them), dashboards and scalable targets.
pub(super) async fn monitoring(aws: &Aws, wanted: &Wanted) -> Found {
    let (alarms, dashboards, targets) = tokio::try_join!(
        alarms(aws, wanted),
        dashboards(aws, wanted),
        targets(aws, wanted),
    )?;
    Ok([alarms, dashboards, targets]
        .into_iter()
        .flatten()
        .collect())
}

/// An alarm's tags take a call each, so they are asked for only where the name says ours.
async fn alarms(aws: &Aws, wanted: &Wanted) -> Found {
    let call = aws
        .cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm);
    let mut pages = call.into_paginator().send();
    let mut seen: Vec<(Option<String>, Option<String>)> = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        let metric = page.metric_alarms.unwrap_or_default().into_iter();
        let composite = page.composite_alarms.unwrap_or_default().into_iter();
        seen.extend(metric.map(|alarm| (alarm.alarm_name, alarm.alarm_arn)));
        seen.extend(composite.map(|alarm| (alarm.alarm_name, alarm.alarm_arn)));
    }
    let mut found = Vec::new();
    for (name, arn) in seen {
        let (Some(name), Some(arn)) = (name, arn) else {
            continue;
        };
        // Target tracking names its alarms `TargetTracking-service/<cluster>/<service>-Alarm…`.
        if let Some(resource) = name.strip_prefix("TargetTracking-service/") {
            let cluster = resource.split('/').next().unwrap_or_default();
            if wanted.ties(&Tags::new(), Some(cluster), None).is_some() {
                // They carry no tags: their cluster's say whose they are.
                let tags = cluster_tags(aws, cluster).await?;
                found.extend(wanted.survivor("alarm", Some(&name), &tags, Some(cluster), None));
            }
        } else if wanted.ties(&Tags::new(), Some(&name), None).is_some()
            && let Some(tags) = tags(aws, &arn).await?
        {
            found.extend(wanted.survivor("alarm", Some(&name), &tags, Some(&name), None));
        }
    }
    Ok(found)
}

/// One that says another region belongs to the stack of that name there: CloudWatch shows all
/// dashboards in every region.
async fn dashboards(aws: &Aws, wanted: &Wanted) -> Found {
    let mut pages = aws.cloudwatch.list_dashboards().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        for entry in page.map_err(refused)?.dashboard_entries() {
            let (name, arn) = (entry.dashboard_name(), entry.dashboard_arn());
            if wanted.ties(&Tags::new(), name, None).is_none() {
                continue;
            }
            let Some(tags) = tags(aws, arn.unwrap_or_default()).await? else {
                continue;
            };
            let region = tags.get(REGION_TAG);
            if region.is_none_or(|region| region == aws.region()) {
                found.extend(wanted.survivor("dashboard", name, &tags, name, None));
            }
        }
    }
    Ok(found)
}

/// The tags of an alarm or dashboard; `None` when it went since it was listed.
async fn tags(aws: &Aws, arn: &str) -> Result<Option<Tags>, CloudError> {
    let call = aws.cloudwatch.list_tags_for_resource().resource_arn(arn);
    match call.send().await.map_err(refused) {
        Ok(answer) => {
            let tags = answer.tags().iter();
            let pairs =
                tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
            Ok(Some(pairs.collect()))
        }
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Targets whose cluster is named as the stack's; their policies go with them.
async fn targets(aws: &Aws, wanted: &Wanted) -> Found {
    let call = aws.autoscaling.describe_scalable_targets();
    let call = call.service_namespace(ServiceNamespace::Ecs);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(target) = pages.next().await {
        let target = target.map_err(refused)?;
        let id = target.resource_id();
        let cluster = id.split('/').nth(1).unwrap_or_default();
        if wanted.ties(&Tags::new(), Some(cluster), None).is_some() {
            // The name may be that of a stack whose own name only begins as this one's.
            let tags = cluster_tags(aws, cluster).await?;
            found.extend(wanted.survivor("scalable target", Some(id), &tags, Some(cluster), None));
        }
    }
    Ok(found)
}

/// Tags of a cluster; none when it has gone.
async fn cluster_tags(aws: &Aws, cluster: &str) -> Result<Tags, CloudError> {
    let call = aws.ecs.describe_clusters().clusters(cluster);
    let answer = call.include(ClusterField::Tags).send().await;
    let clusters = answer.map_err(refused)?.clusters.unwrap_or_default();
    let tags = clusters.iter().flat_map(|cluster| cluster.tags());
    let pairs = tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    Ok(pairs.collect())
}
