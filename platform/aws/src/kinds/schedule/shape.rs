//! A schedule's properties as EventBridge Scheduler takes and gives them.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::{
    DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState,
    Target as Wire,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::operation::BuildError;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use jiff::Timestamp;
use serde_json::Value;

use super::super::when::timestamp;
use super::{Schedule, State, Target, a_day, most_attempts};

/// Whether it runs.
pub(super) fn state(state: State) -> ScheduleState {
    match state {
        State::Enabled => ScheduleState::Enabled,
        State::Disabled => ScheduleState::Disabled,
    }
}

/// A moment as a schedule's properties spell it.
pub(super) fn spelled(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment before which it calls nothing.
pub(super) fn start(text: Option<&str>) -> Result<Option<DateTime>, CloudError> {
    let Some(text) = text else { return Ok(None) };
    let moment: Timestamp = text.parse().map_err(|why| {
        let message = format!("`{text}` is no moment: {why}");
        CloudError::new(Fault::Rejected, "scheduler", "build a request", message)
    })?;
    Ok(Some(DateTime::from_secs(moment.as_second())))
}

/// The window it may run in.
pub(super) fn window(schedule: &Schedule) -> Result<FlexibleTimeWindow, CloudError> {
    let minutes = schedule.flexible_window_minutes;
    let mode = match minutes {
        Some(_) => FlexibleTimeWindowMode::Flexible,
        None => FlexibleTimeWindowMode::Off,
    };
    FlexibleTimeWindow::builder()
        .mode(mode)
        .set_maximum_window_in_minutes(minutes)
        .build()
        .map_err(incomplete)
}

/// As Terraform writes it.
pub(super) fn terraform(schedule: &Schedule, exported: &Exported<'_>) -> Block {
    let target = &schedule.target;
    let again = Body::new()
        .set("maximum_retry_attempts", target.retry_attempts)
        .set("maximum_event_age_in_seconds", target.retry_seconds);
    let mut calls = Body::new()
        .set("arn", target.arn.as_str())
        .set("role_arn", target.role.as_str());
    if let Some(input) = &target.input {
        calls = calls.document("input", input.clone());
    }
    calls = calls.block("retry_policy", again);
    if let Some(queue) = &target.dead_letter {
        calls = calls.block("dead_letter_config", Body::new().set("arn", queue.as_str()));
    }
    let minutes = schedule.flexible_window_minutes;
    let window = Body::new()
        .set("mode", if minutes.is_some() { "FLEXIBLE" } else { "OFF" })
        .set("maximum_window_in_minutes", minutes);
    // A pause is not the stack file's, and goes on under whoever manages the stack next.
    let live = exported.live["start_date"].as_str();
    let body = Body::new()
        .set("name", schedule.schedule_name.as_str())
        .set("group_name", schedule.group.as_str())
        .text("description", &schedule.description)
        .set("schedule_expression", schedule.expression.as_str())
        .set("schedule_expression_timezone", schedule.timezone.as_str())
        .set("state", state(schedule.state).as_str())
        .set("start_date", schedule.start_date.as_deref().or(live))
        .block("flexible_time_window", window)
        .block("target", calls);
    Block::new("aws_scheduler_schedule", exported.id, body)
}

/// What it calls.
pub(super) fn target(target: &Target) -> Result<Wire, CloudError> {
    let again = RetryPolicy::builder()
        .maximum_retry_attempts(target.retry_attempts)
        .maximum_event_age_in_seconds(target.retry_seconds);
    let dead = target.dead_letter.as_ref();
    let dead = dead.map(|arn| DeadLetterConfig::builder().arn(arn).build());
    Wire::builder()
        .arn(&target.arn)
        .role_arn(&target.role)
        .set_input(target.input.as_ref().map(text))
        .set_dead_letter_config(dead)
        .retry_policy(again.build())
        .build()
        .map_err(incomplete)
}

/// A text is given as it is: a target need not take JSON.
fn text(input: &Value) -> String {
    match input {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The properties of a schedule; `None` where the answer lacks what every schedule has.
pub(super) fn read(seen: &GetScheduleOutput) -> Option<Schedule> {
    let target = seen.target()?;
    let again = target.retry_policy();
    let input = target
        .input()
        .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())));
    Some(Schedule {
        group: seen.group_name()?.to_owned(),
        schedule_name: seen.name()?.to_owned(),
        expression: seen.schedule_expression()?.to_owned(),
        timezone: seen
            .schedule_expression_timezone()
            .unwrap_or("UTC")
            .to_owned(),
        state: match seen.state() {
            Some(ScheduleState::Disabled) => State::Disabled,
            _ => State::Enabled,
        },
        start_date: timestamp(seen.start_date()).map(spelled),
        description: seen.description().unwrap_or_default().to_owned(),
        flexible_window_minutes: seen
            .flexible_time_window()
            .and_then(|window| window.maximum_window_in_minutes()),
        target: Target {
            arn: target.arn().to_owned(),
            role: target.role_arn().to_owned(),
            input,
            dead_letter: target
                .dead_letter_config()
                .and_then(|dead| dead.arn().map(str::to_owned)),
            retry_attempts: again
                .and_then(|again| again.maximum_retry_attempts())
                .unwrap_or_else(most_attempts),
            retry_seconds: again
                .and_then(|again| again.maximum_event_age_in_seconds())
                .unwrap_or_else(a_day),
        },
    })
}

fn incomplete(error: BuildError) -> CloudError {
    CloudError::new(
        Fault::Rejected,
        "scheduler",
        "build a request",
        error.to_string(),
    )
}
