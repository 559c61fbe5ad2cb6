//! Making an alarm ring, to see whether what it tells takes it.

use std::time::Duration;

use aws_sdk_cloudwatch::types::{HistoryItemType, StateValue};
use aws_smithy_types::DateTime;
use bella_engine::cloud::CloudError;
use bella_watch::path::Took;
use serde_json::Value;
use tokio::time::Instant;

use crate::clients::Aws;
use crate::error::refused;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Makes an alarm ring, and says of each topic it tells whether that took what was published, as CloudWatch's history has it.
///
/// The state is no property of an alarm and stays until CloudWatch evaluates it again, within its period, or until [`calm`]: so no plan is
/// made for it, and a run that dies here leaves nothing behind.
///
/// # Errors
/// AWS refuses to set the state or to read the history.
pub async fn ring(
    aws: &Aws,
    alarm: &str,
    topics: &[String],
    patience: Duration,
) -> Result<Vec<(String, Took)>, CloudError> {
    // The history has whole seconds, and its clock is AWS's.
    let before = newest(aws, alarm).await?;
    set(
        aws,
        alarm,
        StateValue::Alarm,
        "bella alarms test: only a test",
    )
    .await?;
    let limit = Instant::now() + patience;
    loop {
        let told = actions(aws, alarm, before).await?;
        let missing = topics
            .iter()
            .any(|topic| told.iter().all(|(about, _)| about != topic));
        if !missing || Instant::now() >= limit {
            let of = |topic: &String| {
                let took = told.iter().find(|(about, _)| about == topic);
                let took = took.map_or(Took::Unsaid, |(_, took)| took.clone());
                (topic.clone(), took)
            };
            return Ok(topics.iter().map(of).collect());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Sets an alarm that was made to ring to OK; who was told of the one is told of the other.
///
/// # Errors
/// AWS refuses.
pub async fn calm(aws: &Aws, alarm: &str) -> Result<(), CloudError> {
    set(
        aws,
        alarm,
        StateValue::Ok,
        "bella alarms test: the test is over",
    )
    .await
}

async fn set(aws: &Aws, alarm: &str, state: StateValue, why: &str) -> Result<(), CloudError> {
    let call = aws.cloudwatch.set_alarm_state().alarm_name(alarm);
    let call = call.state_value(state).state_reason(why);
    call.send().await.map_err(refused)?;
    Ok(())
}

/// How many actions the history has of an alarm: what comes after them is of the test.
async fn newest(aws: &Aws, alarm: &str) -> Result<usize, CloudError> {
    Ok(history(aws, alarm).await?.len())
}

/// What became of the actions since there were `before` of them: what was told, and whether it took it.
async fn actions(aws: &Aws, alarm: &str, before: usize) -> Result<Vec<(String, Took)>, CloudError> {
    let mut all = history(aws, alarm).await?;
    let of_test = all.len().saturating_sub(before);
    all.truncate(of_test);
    Ok(all)
}

/// An hour ago: a test takes less.
const REMEMBERED: i64 = 3600;

/// The actions of the last hour, the newest first.
async fn history(aws: &Aws, alarm: &str) -> Result<Vec<(String, Took)>, CloudError> {
    let since = jiff::Timestamp::now().as_second() - REMEMBERED;
    let call = aws
        .cloudwatch
        .describe_alarm_history()
        .alarm_name(alarm)
        .history_item_type(HistoryItemType::Action)
        .start_date(DateTime::from_secs(since));
    let mut pages = call.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        let items = page.alarm_history_items().iter();
        all.extend(items.map(|item| {
            outcome(
                item.history_data().unwrap_or_default(),
                item.history_summary().unwrap_or_default(),
            )
        }));
    }
    Ok(all)
}

/// What was told and whether it took it: from the history's document, else from its sentence, which ends in the ARN.
fn outcome(data: &str, summary: &str) -> (String, Took) {
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let about = data["notificationResource"].as_str();
    let arn = summary
        .split_whitespace()
        .find(|word| word.starts_with("arn:"));
    let about = about.or(arn).unwrap_or_default().trim_end_matches('.');
    let took = match data["actionState"].as_str() {
        Some("Succeeded") => Took::Yes,
        None if summary.starts_with("Successfully") => Took::Yes,
        _ => Took::No(data["error"].as_str().unwrap_or(summary).to_owned()),
    };
    (about.to_owned(), took)
}

#[cfg(test)]
mod tests {
    use super::outcome;
    use bella_watch::path::Took;

    const TOPIC: &str = "arn:aws:sns:ca-central-1:123456789012:alerts";

    #[test]
    fn the_history_says_what_took_it() {
        let data =
            format!("{{\"actionState\":\"Succeeded\",\"notificationResource\":\"{TOPIC}\"}}");
        let summary = format!("Successfully executed action {TOPIC}");
        let yes = (TOPIC.to_owned(), Took::Yes);
        assert_eq!(outcome(&data, &summary), yes);
        assert_eq!(outcome("", &summary), yes);
        let data = format!(
            "{{\"actionState\":\"Failed\",\"notificationResource\":\"{TOPIC}\",\"error\":\"no such topic\"}}"
        );
        let no = |why: &str| (TOPIC.to_owned(), Took::No(why.to_owned()));
        assert_eq!(outcome(&data, "Failed"), no("no such topic"));
        let failed = format!("Failed to execute action {TOPIC}.");
        assert_eq!(outcome("{}", &failed), no(&failed));
    }
}
