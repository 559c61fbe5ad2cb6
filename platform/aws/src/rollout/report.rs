//! How a service is at any moment, and why.

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use bella_engine::cloud::CloudError;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::cause::{Finding, diagnose};
use super::own::{Rollout, Status, View};
use super::{collect, definition, history};
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// How a service is, what was looked at, and why it is not as it should be.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// When it was looked at, UTC.
    pub at: Timestamp,
    /// How it is.
    pub state: State,
    /// Its newest service deployment.
    pub rollout: Option<Rollout>,
    /// What is seen of it; the evidence is about the revision of the newest deployment.
    pub view: View,
    /// From when on evidence was looked for, UTC.
    pub since: Timestamp,
    /// Why the revision does not serve, or did not.
    pub finding: Option<Finding>,
    /// The stack's alarms that ring.
    pub alarms: Vec<Ringing>,
}

/// How a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Every task that is wanted serves, of the newest deployment's revision.
    Serving,
    /// Every task that is wanted serves, of the revision before: the newest deployment failed.
    ServingBefore,
    /// No task is wanted.
    Asleep,
    /// Fewer tasks serve than are wanted.
    Short,
}

/// An alarm that rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ringing {
    /// Its name.
    pub name: String,
    /// Since when, UTC.
    pub since: Option<Timestamp>,
    /// In AWS's words.
    pub reason: String,
}

/// For so long AWS remembers a task that stopped.
const REMEMBERED_HOURS: i64 = 1;

/// Looks at a service and its newest deployment, and at the alarms whose names begin with `stack`.
/// `commands` is what follows the commands of a fix.
///
/// # Errors
/// A refused call, or a service that is not there.
pub async fn report(
    aws: &Aws,
    (cluster, service): (&str, &str),
    stack: &str,
    commands: &str,
) -> Result<Report, CloudError> {
    let at = Timestamp::now();
    let shown = collect::service(aws, cluster, service).await?;
    let rollout = history::since(aws, cluster, service, None).await?;
    let rollout = rollout.into_iter().next();
    let set = shown.task_definition().unwrap_or_default();
    let revision = rollout
        .as_ref()
        .map(|rollout| rollout.task_definition.as_str())
        .filter(|arn| !arn.is_empty())
        .unwrap_or(set);
    let went_well = |rollout: &&Rollout| rollout.status == Status::Successful;
    let begun = rollout.as_ref().filter(|it| !went_well(it));
    let since = begun.and_then(|rollout| rollout.created);
    let since = since.unwrap_or(at - REMEMBERED_HOURS.hours());
    let definition = definition::read(aws, revision, &shown).await?;
    let mut view = collect::view(aws, &shown, definition, since).await?;
    collect::add_reason(&mut view, begun);
    Ok(Report {
        at,
        state: state(&view, revision),
        finding: diagnose(&view.evidence, commands),
        rollout,
        view,
        since,
        alarms: ringing(aws, stack).await?,
    })
}

fn state(view: &View, revision: &str) -> State {
    if view.primary().is_none_or(|primary| primary.desired == 0) {
        State::Asleep
    } else if view.is_serving(revision) {
        State::Serving
    } else if view.is_serving_another(revision) {
        State::ServingBefore
    } else {
        State::Short
    }
}

async fn ringing(aws: &Aws, stack: &str) -> Result<Vec<Ringing>, CloudError> {
    let call = aws
        .cloudwatch
        .describe_alarms()
        .alarm_name_prefix(format!("{stack}-"))
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .state_value(StateValue::Alarm);
    let mut pages = call.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        all.extend(page.metric_alarms().iter().map(|alarm| {
            let since = timestamp(alarm.state_transitioned_timestamp())
                .or_else(|| timestamp(alarm.state_updated_timestamp()));
            rings(alarm.alarm_name(), since, alarm.state_reason())
        }));
        all.extend(page.composite_alarms().iter().map(|alarm| {
            let since = timestamp(alarm.state_transitioned_timestamp())
                .or_else(|| timestamp(alarm.state_updated_timestamp()));
            rings(alarm.alarm_name(), since, alarm.state_reason())
        }));
    }
    all.sort_by_key(|alarm| alarm.since);
    Ok(all)
}

fn rings(name: Option<&str>, since: Option<Timestamp>, reason: Option<&str>) -> Ringing {
    Ringing {
        name: name.unwrap_or_default().to_owned(),
        since,
        reason: reason.unwrap_or_default().to_owned(),
    }
}
