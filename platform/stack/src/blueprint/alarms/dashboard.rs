//! The dashboard: each alarm's numbers with its limit, and above them the state of all and where versions changed.

use super::{
    Bell, number,
    source::{Series, healthy_tasks},
};
use crate::{Stack, blueprint::Node};
use serde_json::{Value, json};

/// The grid is 24 units wide.
const WIDTH: usize = 12;
const HEIGHT: usize = 6;
const STATES: usize = 3;
const VERSIONS: usize = 4;

pub(super) fn node(stack: &Stack, bells: &[Bell]) -> Node {
    let arns: Vec<String> = bells
        .iter()
        .map(|bell| format!("${{metric_alarm.{}.arn}}", bell.label))
        .collect();
    let states = json!({
        "type": "alarm",
        "x": 0,
        "y": 0,
        "width": 24,
        "height": STATES,
        "properties": { "title": stack.stack, "alarms": arns },
    });
    // A line at each deployment would have to be written into the body by whoever deploys, and be drift to the next plan. ECS starts
    // the new tasks before it stops the old ones, so that the count itself has the mark.
    let versions = json!({
        "type": "metric",
        "x": 0,
        "y": STATES,
        "width": 24,
        "height": VERSIONS,
        "properties": {
            "title": "healthy tasks: a deployment is a step up and down again",
            "region": stack.region,
            "view": "timeSeries",
            "period": 60,
            "metrics": [row(&healthy_tasks(), true)],
        },
    });
    let graphs = bells.iter().enumerate().map(|(index, bell)| {
        json!({
            "type": "metric",
            "x": index % 2 * WIDTH,
            "y": STATES + VERSIONS + index / 2 * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": graph(stack, bell),
        })
    });
    let widgets: Vec<Value> = [states, versions].into_iter().chain(graphs).collect();
    Node::new(
        "dashboard",
        "main",
        json!({ "body": { "widgets": widgets } }),
    )
}

/// The body structure of dashboards writes a metric as a row: namespace, name, each dimension with its value, then how to show it.
fn graph(stack: &Stack, bell: &Bell) -> Value {
    let watch = &bell.watch;
    let mut metrics: Vec<Value> = Vec::new();
    if let Some(formula) = &watch.formula {
        metrics.push(json!([{ "expression": formula, "id": "result", "label": bell.label }]));
    }
    let visible = watch.formula.is_none();
    metrics.extend(watch.series.iter().map(|series| row(series, visible)));
    json!({
        "title": bell.condition,
        "region": stack.region,
        "view": "timeSeries",
        "period": watch.period,
        "metrics": metrics,
        "annotations": { "horizontal": [{ "label": "limit", "value": number(watch.threshold) }] },
    })
}

fn row(series: &Series, visible: bool) -> Value {
    let mut row: Vec<Value> = vec![series.namespace.into(), series.name.into()];
    for (name, value) in &series.dimensions {
        row.push((*name).into());
        row.push(value.as_str().into());
    }
    let mut show = json!({ "id": series.id, "stat": series.statistic });
    if !visible {
        show["visible"] = false.into();
    }
    row.push(show);
    row.into()
}
