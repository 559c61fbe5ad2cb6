//! A stack's alarms: what they say, what they hear, and whether anybody hears them.

mod hearing;
mod ring;
mod subscribers;

use aws_sdk_cloudwatch::types::{CompositeAlarm, MetricAlarm, StateValue};
use bella_engine::address::Address;
use bella_engine::cloud::CloudError;
use bella_engine::resource::{Scope, Tags};
use bella_watch::alarm::{Alarm, State, runbook};

use crate::clients::Aws;
use crate::kinds::{stack_alarms, timestamp};
use crate::look::Look;
use crate::tags::owned;

pub use ring::{calm, ring};
pub use subscribers::subscribers;

/// The stack's alarms, those that ring first, each with what is published of what it looks at.
///
/// Two reads and one for each alarm that hears nothing.
///
/// # Errors
/// AWS refuses a read.
pub async fn list(aws: &Aws, stack: &str) -> Result<Vec<Alarm>, CloudError> {
    let scope = Scope {
        stack: stack.to_owned(),
        focus: None,
    };
    let look = Look::new(aws.clone(), scope);
    let found = stack_alarms(&look).await?;
    let metric = found.metric.iter();
    let metric: Vec<(&MetricAlarm, &Tags)> = metric.map(|(alarm, tags)| (alarm, tags)).collect();
    let readings = hearing::of(aws, metric.iter().map(|(alarm, _)| *alarm)).await?;
    let mut alarms: Vec<Alarm> = metric
        .into_iter()
        .zip(readings)
        .map(|((alarm, tags), readings)| Alarm {
            readings,
            ..simple(stack, alarm, tags)
        })
        .collect();
    let composite = found.composite.iter();
    alarms.extend(composite.map(|(alarm, tags)| composed(stack, alarm, tags)));
    alarms.sort_by(|a, b| (a.state, &a.label).cmp(&(b.state, &b.label)));
    Ok(alarms)
}

fn simple(stack: &str, alarm: &MetricAlarm, tags: &Tags) -> Alarm {
    let name = alarm.alarm_name().unwrap_or_default();
    Alarm {
        label: label(owned(stack, tags), name),
        name: name.to_owned(),
        kind: "metric",
        state: state(alarm.state_value()),
        since: timestamp(alarm.state_transitioned_timestamp())
            .or_else(|| timestamp(alarm.state_updated_timestamp())),
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        runbook: runbook(alarm.alarm_description().unwrap_or_default()),
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        tells: alarm.alarm_actions().to_vec(),
        silence: alarm.treat_missing_data().unwrap_or("missing").to_owned(),
        configured: timestamp(alarm.alarm_configuration_updated_timestamp()),
        readings: Vec::new(),
    }
}

fn composed(stack: &str, alarm: &CompositeAlarm, tags: &Tags) -> Alarm {
    let name = alarm.alarm_name().unwrap_or_default();
    Alarm {
        label: label(owned(stack, tags), name),
        name: name.to_owned(),
        kind: "composite",
        state: state(alarm.state_value()),
        since: timestamp(alarm.state_transitioned_timestamp())
            .or_else(|| timestamp(alarm.state_updated_timestamp())),
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        runbook: runbook(alarm.alarm_description().unwrap_or_default()),
        actions_enabled: alarm.actions_enabled().unwrap_or(true),
        tells: alarm.alarm_actions().to_vec(),
        silence: String::new(),
        configured: timestamp(alarm.alarm_configuration_updated_timestamp()),
        readings: Vec::new(),
    }
}

fn label(address: Option<Address>, name: &str) -> String {
    address.map_or_else(|| name.to_owned(), |address| address.name().to_owned())
}

fn state(value: Option<&StateValue>) -> State {
    match value {
        Some(StateValue::Alarm) => State::Alarm,
        Some(StateValue::Ok) => State::Ok,
        _ => State::InsufficientData,
    }
}
