//! An alarm on a metric, or on several joined by a formula.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{ComparisonOperator, MetricAlarm as Wire, StandardUnit, Statistic};
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::number::Number;
use super::{alarms, cloudwatch_tags};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

mod exit;
mod query;

pub use query::{Metric, Query};

/// An alarm that compares a number with a threshold. The number is either one metric (`namespace`
/// to `unit`) or the result of a formula (`metrics`); AWS refuses both at once, and neither.
///
/// Settings that are no property here, such as actions on insufficient data, go when it is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricAlarm {
    /// What it means and what to do; default empty.
    #[serde(default)]
    pub description: String,
    /// The metric's namespace, for example `AWS/ApplicationELB`.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The metric's name.
    #[serde(default)]
    pub metric_name: Option<String>,
    /// The metric's dimensions, name to value.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Minimum`, `Maximum` or `SampleCount`.
    #[serde(default)]
    pub statistic: Option<String>,
    /// A percentile in place of the statistic, for example `p95`.
    #[serde(default)]
    pub extended_statistic: Option<String>,
    /// Seconds of one data point: 10, 30 or a multiple of 60.
    #[serde(default)]
    pub period_seconds: Option<i32>,
    /// The unit in which the metric is published, where it is in several.
    #[serde(default)]
    pub unit: Option<String>,
    /// A formula and the metrics in it, at most 20 in all; exactly one has `return_data`.
    #[serde(default)]
    pub metrics: Vec<Query>,
    /// `GreaterThanThreshold`, `GreaterThanOrEqualToThreshold`, `LessThanThreshold` or
    /// `LessThanOrEqualToThreshold`.
    pub comparison: String,
    /// What the number is compared with.
    pub threshold: Number,
    /// The latest data points that are looked at.
    pub evaluation_periods: i32,
    /// How many of them have to be over the threshold; null: all of them.
    #[serde(default)]
    pub datapoints_to_alarm: Option<i32>,
    /// What a missing data point counts as: `missing`, `breaching`, `notBreaching` or `ignore`.
    pub treat_missing_data: String,
    /// ARNs of what is told when it goes off, at most five.
    #[serde(default)]
    pub alarm_actions: BTreeSet<String>,
    /// ARNs of what is told when all is well again, at most five.
    #[serde(default)]
    pub ok_actions: BTreeSet<String>,
    /// Whether anybody is told; default true.
    #[serde(default = "yes")]
    pub actions_enabled: bool,
}

pub(super) fn yes() -> bool {
    true
}

/// A period below it makes the alarm one of high resolution, which costs three times as much.
const MINUTE: i32 = 60;

impl Resource for MetricAlarm {
    type Cloud = Aws;
    const KIND: &'static str = "metric_alarm";
    const SERVICE: &'static str = "cloudwatch";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:PutMetricAlarm",
        cloudwatch_tags::ACTIONS[0],
        cloudwatch_tags::ACTIONS[1],
        cloudwatch_tags::ACTIONS[2],
        cloudwatch_tags::ACTIONS[3],
        "sts:GetCallerIdentity",
    ];

    /// Billed by the metric: an alarm on a formula of three counts as three.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let read = self
            .metrics
            .iter()
            .filter_map(|query| query.metric.as_ref());
        let is_fine = |period: Option<i32>| period.is_some_and(|seconds| seconds < MINUTE);
        let is_fine = is_fine(self.period_seconds)
            || read
                .clone()
                .any(|metric| is_fine(Some(metric.period_seconds)));
        let usage_type = match is_fine {
            true => "CW:HighResAlarmMonitorUsage",
            false => "CW:AlarmMonitorUsage",
        };
        Usage::Metered(vec![Quantity::new(
            "alarm",
            Decimal::from(read.count().max(1)) * assumptions.months(Self::KIND),
            "alarm-month",
            "AmazonCloudWatch",
            usage_type,
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = alarms::of_look(look).await?;
        let ours = found.metric.iter();
        Ok(ours
            .filter_map(|(alarm, tags)| observe(look.stack(), alarm, tags))
            .collect())
    }

    /// The call replaces an alarm of that name; it takes tags only for a new one.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let tags = Some(cloudwatch_tags::wire(&who.tags));
        self.put(aws, &who.name, tags).await?;
        let name = who.name.clone();
        let arn = aws.arn("cloudwatch", &format!("alarm:{name}")).await?;
        let outputs = [("arn", arn), ("name", name.clone())];
        Ok(Made::usable(name, self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.put(aws, who.id()?, None).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        alarms::delete(aws, who).await
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        alarms::tag(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.alarm_name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![exit::terraform(self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({
                "description": "Answers take too long",
                "namespace": "AWS/ApplicationELB",
                "metric_name": "TargetResponseTime",
                "dimensions": {"LoadBalancer": "app/one/50dc6c49", "TargetGroup": "targetgroup/one/73e2d6bc"},
                "statistic": "Average",
                "period_seconds": 60,
                "unit": "Seconds",
                "comparison": "GreaterThanThreshold",
                "threshold": 3,
                "evaluation_periods": 5,
                "datapoints_to_alarm": 3,
                "treat_missing_data": "notBreaching",
                "alarm_actions": [TOPICS[0]],
            }),
            changes: changes(),
        }
    }
}

/// Topics for examples; CloudWatch does not look whether an action is there (row 66).
pub(super) const TOPICS: [&str; 2] = [
    "arn:aws:sns:ca-central-1:123456789012:one",
    "arn:aws:sns:ca-central-1:123456789012:two",
];

fn changes() -> Vec<(&'static str, Value)> {
    vec![
        ("description", json!("Answers take much too long")),
        ("namespace", json!("Bella/Voice")),
        ("metric_name", json!("ResponseTime")),
        ("dimensions", json!({"LoadBalancer": "app/two/50dc6c49"})),
        ("statistic", json!("Maximum")),
        ("period_seconds", json!(300)),
        ("unit", json!("Milliseconds")),
        ("comparison", json!("GreaterThanOrEqualToThreshold")),
        ("threshold", json!(2.5)),
        ("evaluation_periods", json!(6)),
        ("datapoints_to_alarm", json!(2)),
        ("treat_missing_data", json!("breaching")),
        ("alarm_actions", json!(TOPICS)),
        ("ok_actions", json!([TOPICS[1]])),
        ("actions_enabled", json!(false)),
    ]
}

impl MetricAlarm {
    async fn put(
        &self,
        aws: &Aws,
        name: &str,
        tags: Option<Vec<aws_sdk_cloudwatch::types::Tag>>,
    ) -> Result<(), CloudError> {
        let some = |all: &BTreeSet<String>| Some(all.iter().cloned().collect());
        let queries = self.metrics.iter().map(Query::wire).collect::<Vec<_>>();
        let dimensions = query::dimensions(&self.dimensions);
        let call = aws
            .cloudwatch
            .put_metric_alarm()
            .alarm_name(name)
            .alarm_description(&self.description)
            .set_namespace(self.namespace.clone())
            .set_metric_name(self.metric_name.clone())
            .set_dimensions(Some(dimensions).filter(|all| !all.is_empty()))
            .set_statistic(self.statistic.as_deref().map(Statistic::from))
            .set_extended_statistic(self.extended_statistic.clone())
            .set_period(self.period_seconds)
            .set_unit(self.unit.as_deref().map(StandardUnit::from))
            .set_metrics(Some(queries).filter(|all| !all.is_empty()))
            .comparison_operator(ComparisonOperator::from(self.comparison.as_str()))
            .threshold(self.threshold.value())
            .evaluation_periods(self.evaluation_periods)
            .set_datapoints_to_alarm(self.datapoints_to_alarm)
            .treat_missing_data(&self.treat_missing_data)
            .set_alarm_actions(some(&self.alarm_actions))
            .set_ok_actions(some(&self.ok_actions))
            .actions_enabled(self.actions_enabled)
            .set_tags(tags);
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

fn observe(stack: &str, alarm: &Wire, tags: &Tags) -> Option<Observed<MetricAlarm>> {
    let (name, arn) = (alarm.alarm_name()?, alarm.alarm_arn()?);
    let text = |value: Option<&str>| value.map(str::to_owned);
    let set = |all: &[String]| all.iter().cloned().collect();
    Some(Observed {
        id: name.to_owned(),
        address: Some(owned(stack, tags)?),
        props: Some(MetricAlarm {
            description: alarm.alarm_description().unwrap_or_default().to_owned(),
            namespace: text(alarm.namespace()),
            metric_name: text(alarm.metric_name()),
            dimensions: query::read_dimensions(alarm.dimensions()),
            statistic: text(alarm.statistic().map(Statistic::as_str)),
            extended_statistic: text(alarm.extended_statistic()),
            period_seconds: alarm.period(),
            unit: text(alarm.unit().map(StandardUnit::as_str)),
            metrics: alarm.metrics().iter().map(Query::of).collect(),
            comparison: text(alarm.comparison_operator().map(ComparisonOperator::as_str))
                .unwrap_or_default(),
            threshold: Number::new(alarm.threshold().unwrap_or_default()),
            evaluation_periods: alarm.evaluation_periods().unwrap_or_default(),
            datapoints_to_alarm: alarm.datapoints_to_alarm(),
            treat_missing_data: text(alarm.treat_missing_data())
                .unwrap_or_else(|| "missing".to_owned()),
            alarm_actions: set(alarm.alarm_actions()),
            ok_actions: set(alarm.ok_actions()),
            actions_enabled: alarm.actions_enabled().unwrap_or(true),
        }),
        outputs: [("arn", arn), ("name", name)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags: tags.clone(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
