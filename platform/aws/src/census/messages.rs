//! What SNS, SQS and EventBridge Scheduler still have.

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted, tagged};
use crate::clients::Aws;
use crate::error::refused;

type Found = Result<Vec<Survivor>, CloudError>;

/// Topics with a name of ours or a tag of the stack; their subscriptions go with them.
pub(super) async fn topics(aws: &Aws, wanted: &Wanted) -> Found {
    let mut arns = tagged::arns(aws, wanted, "sns").await?;
    let mut pages = aws.sns.list_topics().into_paginator().send();
    while let Some(page) = pages.next().await {
        let topics = page.map_err(refused)?.topics.unwrap_or_default();
        let named = topics.into_iter().filter_map(|topic| topic.topic_arn);
        arns.extend(named.filter(|arn| wanted.is_our_name(last(arn, ':'))));
    }
    let mut found = Vec::new();
    for arn in arns {
        let call = aws.sns.list_tags_for_resource().resource_arn(&arn);
        let Some(answer) = still_there(call.send().await.map_err(refused))? else {
            continue;
        };
        let tags = answer.tags.unwrap_or_default();
        let tags: Tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        found.extend(wanted.survivor("topic", Some(&arn), &tags, Some(last(&arn, ':')), None));
    }
    Ok(found)
}

/// Queues with a name of ours or a tag of the stack.
pub(super) async fn queues(aws: &Aws, wanted: &Wanted) -> Found {
    let mut names: std::collections::BTreeSet<String> = tagged::arns(aws, wanted, "sqs")
        .await?
        .iter()
        .map(|arn| last(arn, ':').to_owned())
        .collect();
    let mut pages = aws
        .sqs
        .list_queues()
        .max_results(1000)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let urls = page.map_err(refused)?.queue_urls.unwrap_or_default();
        let listed = urls.iter().map(|url| last(url, '/'));
        names.extend(
            listed
                .filter(|name| wanted.is_our_name(name))
                .map(str::to_owned),
        );
    }
    let mut found = Vec::new();
    for name in names {
        let call = aws.sqs.get_queue_url().queue_name(&name);
        let Some(answer) = still_there(call.send().await.map_err(refused))? else {
            continue;
        };
        let url = answer.queue_url.unwrap_or_default();
        let call = aws.sqs.list_queue_tags().queue_url(&url);
        let Some(answer) = still_there(call.send().await.map_err(refused))? else {
            continue;
        };
        let tags: Tags = answer.tags.unwrap_or_default().into_iter().collect();
        found.extend(wanted.survivor("queue", Some(&url), &tags, Some(&name), None));
    }
    Ok(found)
}

/// Groups of schedules with a name of ours or a tag of the stack, but for those on their way out.
pub(super) async fn schedule_groups(aws: &Aws, wanted: &Wanted) -> Found {
    let mut arns = tagged::arns(aws, wanted, "scheduler").await?;
    let call = aws.scheduler.list_schedule_groups().max_results(100);
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        for group in page.map_err(refused)?.schedule_groups {
            let is_ours = group.name().is_some_and(|name| wanted.is_our_name(name));
            arns.extend(group.arn.filter(|_| is_ours));
        }
    }
    let mut found = Vec::new();
    for arn in arns {
        let name = last(&arn, '/');
        let call = aws.scheduler.get_schedule_group().name(name);
        let Some(group) = still_there(call.send().await.map_err(refused))? else {
            continue;
        };
        if group
            .state()
            .is_some_and(|state| state.as_str() == "DELETING")
        {
            continue;
        }
        let call = aws.scheduler.list_tags_for_resource().resource_arn(&arn);
        let Some(answer) = still_there(call.send().await.map_err(refused))? else {
            continue;
        };
        let tags = answer.tags.unwrap_or_default();
        let tags: Tags = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        found.extend(wanted.survivor("schedule group", Some(&arn), &tags, Some(name), None));
    }
    Ok(found)
}

fn last(text: &str, separator: char) -> &str {
    text.rsplit(separator).next().unwrap_or_default()
}

/// What went since it was listed is no survivor.
fn still_there<T>(answer: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
