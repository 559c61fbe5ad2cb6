//! One part of a formula: a metric that is read, or an expression over other parts.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric as WireMetric, MetricDataQuery, MetricStat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One part of a formula: a metric or an expression, not both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// What expressions call it; begins with a small letter.
    pub id: String,
    /// An expression over the ids of other parts, for example `errors / requests * 100`.
    #[serde(default)]
    pub expression: Option<String>,
    /// The metric that is read.
    #[serde(default)]
    pub metric: Option<Metric>,
    /// What a reader calls it.
    #[serde(default)]
    pub label: Option<String>,
    /// Whether it is the number that the alarm watches; exactly one is. Default false.
    #[serde(default)]
    pub return_data: bool,
}

/// A metric that a formula reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub metric_name: String,
    /// Its dimensions, name to value.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p95`.
    pub statistic: String,
    /// Seconds of one data point: 10, 30 or a multiple of 60.
    pub period_seconds: i32,
}

impl Query {
    pub(super) fn wire(&self) -> MetricDataQuery {
        MetricDataQuery::builder()
            .id(&self.id)
            .set_expression(self.expression.clone())
            .set_metric_stat(self.metric.as_ref().map(Metric::wire))
            .set_label(self.label.clone())
            .return_data(self.return_data)
            .build()
    }

    pub(super) fn of(wire: &MetricDataQuery) -> Self {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Self {
            id: wire.id().unwrap_or_default().to_owned(),
            expression: text(wire.expression()),
            metric: wire.metric_stat().map(Metric::of),
            label: text(wire.label()),
            // CloudWatch takes a part that does not say so for the number itself.
            return_data: wire.return_data().unwrap_or(true),
        }
    }
}

impl Metric {
    fn wire(&self) -> MetricStat {
        let metric = WireMetric::builder()
            .namespace(&self.namespace)
            .metric_name(&self.metric_name)
            .set_dimensions(Some(dimensions(&self.dimensions)));
        MetricStat::builder()
            .metric(metric.build())
            .period(self.period_seconds)
            .stat(&self.statistic)
            .build()
    }

    fn of(wire: &MetricStat) -> Self {
        let metric = wire.metric();
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            namespace: text(metric.and_then(WireMetric::namespace)),
            metric_name: text(metric.and_then(WireMetric::metric_name)),
            dimensions: read_dimensions(metric.map(WireMetric::dimensions).unwrap_or_default()),
            statistic: text(wire.stat()),
            period_seconds: wire.period().unwrap_or_default(),
        }
    }
}

/// Dimensions as calls take them.
pub(super) fn dimensions(all: &BTreeMap<String, String>) -> Vec<Dimension> {
    all.iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build())
        .collect()
}

/// Dimensions of an answer; their order means nothing.
pub(super) fn read_dimensions(all: &[Dimension]) -> BTreeMap<String, String> {
    all.iter()
        .filter_map(|one| Some((one.name()?.to_owned(), one.value()?.to_owned())))
        .collect()
}
