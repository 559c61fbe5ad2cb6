//! A condition as CloudWatch watches it: what is read, over which time, and what silence means.

use super::{
    number,
    source::{self, Series},
};
use crate::{
    Stack,
    value::{AlarmCondition, Comparison},
};
use serde_json::{Map, Value, json};

/// What is read, over which time, what silence means.
pub(super) struct Watch {
    pub(super) series: Vec<Series>,
    /// A formula over the series' names; without one there is one series.
    pub(super) formula: Option<String>,
    comparison: Comparison,
    pub(super) threshold: f64,
    pub(super) period: u64,
    evaluations: u64,
    silence: Silence,
}

/// What a time without data means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// That something is wrong.
    Alarm,
    /// That nothing happened.
    Well,
    /// Nothing.
    Unknown,
}

/// How a series is looked at over the time that a condition has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// As one: a rate of five minutes is that of all their requests. Minute by minute a night's single request would decide.
    Whole,
    /// Minute by minute, each of which has to be over the limit.
    EachMinute,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;
/// CloudWatch looks back a day, and with periods of an hour or more a week (PutMetricAlarm).
const DAY: u64 = 86_400;

impl Watch {
    /// The watch of a condition that has to hold for so many seconds: whole minutes, above a day whole hours.
    pub(super) fn of(stack: &Stack, condition: &AlarmCondition, seconds: u64) -> Self {
        let source = source::of(stack, condition.metric.watched);
        let (period, evaluations) = match source.span {
            _ if seconds > DAY => (HOUR, seconds / HOUR),
            Span::Whole => (seconds, 1),
            Span::EachMinute => (MINUTE, seconds / MINUTE),
        };
        let (comparison, threshold) = source
            .limit
            .unwrap_or((condition.comparison, condition.threshold));
        Self {
            series: source.series,
            formula: source.formula,
            comparison,
            threshold,
            period,
            evaluations,
            silence: source.silence,
        }
    }

    /// The watch of the queue of what schedules could not carry out: a letter in it is one too many.
    pub(super) fn of_dead_letters() -> Self {
        Self {
            series: vec![source::dead_letters()],
            formula: None,
            comparison: Comparison::Above,
            threshold: 0.0,
            period: 300,
            evaluations: 1,
            silence: Silence::Well,
        }
    }

    /// The properties of the alarm that are of the watch.
    pub(super) fn properties(&self) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut set = |key: &str, value: Value| properties.insert(key.to_owned(), value);
        match (&self.formula, self.series.as_slice()) {
            (None, [only]) => {
                set("namespace", only.namespace.into());
                set("metric_name", only.name.into());
                set("dimensions", only.dimensions());
                let key = match only.is_percentile() {
                    true => "extended_statistic",
                    false => "statistic",
                };
                set(key, only.statistic.into());
                set("period_seconds", self.period.into());
            }
            (formula, series) => {
                set("metrics", self.queries(formula.as_deref(), series));
            }
        }
        set("comparison", operator(self.comparison).into());
        set("threshold", number(self.threshold));
        set("evaluation_periods", self.evaluations.into());
        let silence = match self.silence {
            Silence::Alarm => "breaching",
            Silence::Well => "notBreaching",
            Silence::Unknown => "missing",
        };
        set("treat_missing_data", silence.into());
        properties
    }

    fn queries(&self, formula: Option<&str>, series: &[Series]) -> Value {
        let read = series.iter().map(|one| {
            json!({
                "id": one.id,
                "metric": {
                    "namespace": one.namespace,
                    "metric_name": one.name,
                    "dimensions": one.dimensions(),
                    "statistic": one.statistic,
                    "period_seconds": self.period,
                },
            })
        });
        let result = json!({ "id": "result", "expression": formula, "return_data": true });
        read.chain([result]).collect()
    }
}

const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => "GreaterThanThreshold",
        Comparison::AtLeast => "GreaterThanOrEqualToThreshold",
        Comparison::Below => "LessThanThreshold",
        Comparison::AtMost => "LessThanOrEqualToThreshold",
    }
}

#[cfg(test)]
mod tests {
    use super::Watch;
    use crate::{Stack, load_with, value::METRICS, value::Unit};
    use serde_json::Value;
    use std::{
        collections::BTreeMap,
        path::{Path, PathBuf},
    };

    fn stack(cache: &str) -> Stack {
        let text = format!(
            "stack: bella-test\nenvironment: development\nregion: ca-central-1\nowner: platform@bella.example\n\
             budget: {{ monthly_usd: 40 }}\ndatabase: {{}}\ncache: {cache}\n\
             auto_shutdown: {{ shutdown_time: \"20:00\", startup_time: \"08:00\" }}\n"
        );
        let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.into_bytes())]);
        let loaded = load_with(&source, Path::new("stack.yaml"));
        loaded.unwrap_or_else(|problems| panic!("{problems}")).stack
    }

    /// A watch in one line: what is read, then how it is judged.
    fn line(condition: &str, lasting: &str, cache: &str) -> String {
        let stack = stack(cache);
        let condition = condition.parse().expect("a condition");
        let lasting: crate::value::Duration = lasting.parse().expect("a duration");
        let properties = Watch::of(&stack, &condition, lasting.seconds()).properties();
        let text = |key: &str| match properties.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "-".to_owned(),
        };
        let read = |metric: &Value| {
            let text = |key: &str| metric[key].as_str().unwrap_or("-").to_owned();
            let statistic = metric
                .get("extended_statistic")
                .unwrap_or(&metric["statistic"]);
            format!(
                "{} {} {} {} {}s",
                text("namespace"),
                text("metric_name"),
                statistic.as_str().unwrap_or("-"),
                metric["dimensions"],
                metric["period_seconds"]
            )
        };
        let what = match properties.get("metrics").and_then(Value::as_array) {
            None => read(&Value::Object(properties.clone())),
            Some(queries) => {
                let queries = queries.iter().map(|query| match query.get("metric") {
                    Some(metric) => {
                        format!("{} = {}", query["id"].as_str().unwrap_or("-"), read(metric))
                    }
                    None => query["expression"].as_str().unwrap_or("-").to_owned(),
                });
                queries.collect::<Vec<_>>().join("\n  ")
            }
        };
        format!(
            "  {what}\n  {} {} in {} of silence {}",
            text("comparison"),
            text("threshold"),
            text("evaluation_periods"),
            text("treat_missing_data")
        )
    }

    #[test]
    fn every_metric_is_watched_as_written_down() {
        let cases = include_str!("watches.txt");
        let mut differing = String::new();
        for case in cases.split_terminator("\n\n") {
            let (head, expected) = case.split_once('\n').unwrap_or((case, ""));
            let (head, cache) = head.split_once(" | ").unwrap_or((head, "{}"));
            let (condition, lasting) = head.split_once(" for ").expect("a case has a time");
            let seen = line(condition, lasting, cache);
            if seen.trim_end() != expected.trim_end() {
                let cache = if cache == "{}" {
                    String::new()
                } else {
                    format!(" | {cache}")
                };
                differing.push_str(&format!("{head}{cache}\n{seen}\n\n"));
            }
        }
        assert!(differing.is_empty(), "{differing}");
        for metric in METRICS.iter().filter(|metric| metric.unit != Unit::Dollars) {
            let named = cases
                .lines()
                .any(|line| line.split(' ').next() == Some(metric.name));
            assert!(named, "{} is in no case", metric.name);
        }
    }
}
