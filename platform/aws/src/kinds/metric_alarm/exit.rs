//! An alarm in Terraform's words.

use bella_engine::export::{Block, Body, Exported};
use serde_json::json;

use super::MetricAlarm;
use super::query::{Metric, Query};

/// The alarm, with its own metric or the parts of its formula.
pub(super) fn terraform(alarm: &MetricAlarm, exported: &Exported<'_>) -> Block {
    let name = exported.output("name");
    let body = Body::new()
        .set("alarm_name", name)
        .text("alarm_description", &alarm.description)
        .set("namespace", alarm.namespace.as_deref())
        .set("metric_name", alarm.metric_name.as_deref())
        .set("statistic", alarm.statistic.as_deref())
        .set("extended_statistic", alarm.extended_statistic.as_deref())
        .set("period", alarm.period_seconds)
        .set("unit", alarm.unit.as_deref())
        .set("comparison_operator", alarm.comparison.as_str())
        .set("threshold", json!(alarm.threshold))
        .set("evaluation_periods", alarm.evaluation_periods)
        .set("datapoints_to_alarm", alarm.datapoints_to_alarm)
        .set("treat_missing_data", alarm.treat_missing_data.as_str())
        .set("actions_enabled", alarm.actions_enabled)
        .list("alarm_actions", alarm.alarm_actions.iter().cloned())
        .list("ok_actions", alarm.ok_actions.iter().cloned());
    let body = match alarm.dimensions.is_empty() {
        true => body,
        false => body.set("dimensions", json!(alarm.dimensions)),
    };
    let body = alarm
        .metrics
        .iter()
        .fold(body, |body, query| body.block("metric_query", part(query)));
    Block::new(
        "aws_cloudwatch_metric_alarm",
        name,
        body.tags(exported.tags),
    )
}

fn part(query: &Query) -> Body {
    let body = Body::new()
        .set("id", query.id.as_str())
        .set("label", query.label.as_deref())
        .set("expression", query.expression.as_deref())
        .set("return_data", query.return_data.then_some(true));
    match &query.metric {
        Some(metric) => body.block("metric", read(metric)),
        None => body,
    }
}

fn read(metric: &Metric) -> Body {
    Body::new()
        .set("namespace", metric.namespace.as_str())
        .set("metric_name", metric.metric_name.as_str())
        .set("stat", metric.statistic.as_str())
        .set("period", metric.period_seconds)
        .set("dimensions", json!(metric.dimensions))
}
