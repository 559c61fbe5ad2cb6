//! Alarms: among each other, and whether the stack has what they watch.

use super::Scope;
use crate::{
    stack::Alarm,
    value::{Comparison, Refusal, Unit, Watched},
};

/// CloudWatch looks back a day in periods of a minute and a week in periods of an hour (PutMetricAlarm).
const DAY: u64 = 86_400;

pub(super) fn check(scope: &mut Scope<'_>) {
    let alarms = &scope.stack.alarms;
    for (index, alarm) in alarms.iter().enumerate() {
        let item = index.to_string();
        if let Some(first) = alarms[..index]
            .iter()
            .position(|earlier| earlier.name == alarm.name)
        {
            let refusal = Refusal::new(
                format!("two alarms are called `{}`", alarm.name),
                "each name once",
            );
            scope.refuse(
                &[
                    &["alarms", &item, "name"],
                    &["alarms", &first.to_string(), "name"],
                ],
                refusal,
            );
        }
        span(scope, alarm, &item);
        watchable(scope, alarm, &item);
    }
}

fn span(scope: &mut Scope<'_>, alarm: &Alarm, item: &str) {
    let seconds = alarm.lasting.seconds();
    let whole = match seconds > DAY {
        true => seconds.is_multiple_of(3_600),
        false => seconds.is_multiple_of(60),
    };
    if !whole || !(60..=7 * DAY).contains(&seconds) {
        let refusal = Refusal::new(
            format!("{} is not a span CloudWatch can watch", alarm.lasting),
            "whole minutes from 1m to 1d, whole hours up to 7d",
        );
        scope.refuse(&[&["alarms", item, "for"]], refusal);
    }
}

/// Refuses a condition on what the stack does not have, or that rings whenever the stack is stopped.
fn watchable(scope: &mut Scope<'_>, alarm: &Alarm, item: &str) {
    let stack = scope.stack;
    let metric = alarm.when.metric;
    let shared = stack
        .cache
        .as_ref()
        .is_some_and(|cache| cache.mode.is_shared());
    let (lacking, section) = match metric.watched {
        Watched::DbCpu | Watched::DbFreeStorage | Watched::DbConnections => {
            (stack.database.is_none(), "database")
        }
        Watched::CacheMemory => (!shared, "cache"),
        Watched::ScheduleFailures => (stack.auto_shutdown.is_none(), "auto_shutdown"),
        _ => (false, ""),
    };
    let at: &[&str] = &["alarms", item, "when"];
    if lacking {
        let what = match section {
            "cache" => "a `cache` of mode serverless or node".to_owned(),
            _ => format!("a section `{section}`"),
        };
        let message = format!("`{}` needs {what}", metric.name);
        let refusal = Refusal::new(message, format!("{what}, or another metric"));
        return scope.refuse(&[at, &[section]], refusal);
    }
    let below = matches!(
        alarm.when.comparison,
        Comparison::Below | Comparison::AtMost
    );
    if metric.unit == Unit::Dollars && below {
        let message = format!(
            "a budget watches `{}`, and budgets warn above a limit",
            metric.name
        );
        scope.refuse(&[at], Refusal::new(message, "> or >="));
    }
    let liveness = metric.watched == Watched::HealthCheckFailure
        || (metric.watched == Watched::HealthyHosts && below);
    if liveness && stack.auto_shutdown.is_some() {
        let message = format!(
            "`{}` would ring whenever the schedule stops the stack",
            metric.name
        );
        let refusal = Refusal::new(message, "no auto_shutdown, or an alarm on something else");
        scope.refuse(&[at, &["auto_shutdown"]], refusal);
    }
}
