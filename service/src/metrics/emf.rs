//! CloudWatch's embedded metric format: metrics as lines of a log that CloudWatch reads them from.
//!
//! Format: "Specification: Embedded metric format" of the CloudWatch user guide. The namespace is `Bella/Voice`. The metrics that
//! alarms and scaling read have the one dimension `Stack`; those of a step `Environment` and `Step`; the others `Environment`.
//! Custom metrics cost money for every hour in which they have a value, so nothing is sent for a step that did not occur.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The namespace that stacks' alarms and scaling policies read.
const NAMESPACE: &str = "Bella/Voice";

/// The most values that CloudWatch takes of one metric in one line.
const VALUES: usize = 100;

/// What was counted since the last lines were made.
#[derive(Debug)]
pub(super) struct Pending {
    environment: &'static str,
    stack: Option<String>,
    steps: BTreeMap<&'static str, StepCounts>,
    pub(super) started: u64,
    pub(super) completed: u64,
    pub(super) succeeded: u64,
    pub(super) micro_usd: BTreeMap<&'static str, u64>,
    pub(super) appointments: u64,
    pub(super) revenue_cents: Option<u64>,
}

#[derive(Debug, Default)]
struct StepCounts {
    success: u64,
    failure: u64,
    /// Response times in milliseconds; beyond [`KEPT`] a minute the rest is counted and not timed.
    times: Vec<f64>,
}

/// Response times kept of one step between two lines: ten lines' worth.
const KEPT: usize = 10 * VALUES;

impl Pending {
    pub(super) fn new(environment: &'static str, stack: Option<&str>) -> Self {
        Self {
            environment,
            stack: stack.map(str::to_owned),
            steps: BTreeMap::new(),
            started: 0,
            completed: 0,
            succeeded: 0,
            micro_usd: BTreeMap::new(),
            appointments: 0,
            revenue_cents: None,
        }
    }

    pub(super) fn step(&mut self, step: &'static str, ok: bool, took: Duration) {
        if self.stack.is_none() {
            return;
        }
        let counts = self.steps.entry(step).or_default();
        if ok {
            counts.success += 1;
        } else {
            counts.failure += 1;
        }
        if counts.times.len() < KEPT {
            counts.times.push(took.as_secs_f64() * 1e3);
        }
    }

    /// The lines, and a fresh start.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<String> {
        let fresh = Self::new(self.environment, self.stack.as_deref());
        let counted = std::mem::replace(self, fresh);
        let Some(stack) = &counted.stack else {
            return Vec::new();
        };
        let mut lines = vec![
            Line::new(&[("Stack", stack)])
                .count("CallsPerMinute", counted.started)
                .count("CallsCompleted", counted.completed)
                .count("CallsSucceeded", counted.succeeded)
                .finish(now),
        ];
        lines.extend(counted.business(now));
        for (step, counts) in &counted.steps {
            lines.extend(counts.lines(counted.environment, step, now));
        }
        lines
    }

    fn business(&self, now: Timestamp) -> Option<String> {
        let mut line = Line::new(&[("Environment", self.environment)]);
        if self.appointments > 0 {
            line = line.count("business.appointments", self.appointments);
        }
        if let Some(cents) = self.revenue_cents {
            line = line.metric("business.revenue", "None", json!(cents as f64 / 100.0));
        }
        for (service, micro) in &self.micro_usd {
            let name = format!("cost.{service}");
            line = line.metric(&name, "None", json!(*micro as f64 / 1e6));
        }
        (!line.is_empty()).then(|| line.finish(now))
    }
}

impl StepCounts {
    fn lines(&self, environment: &str, step: &str, now: Timestamp) -> Vec<String> {
        let dimensions = [("Environment", environment), ("Step", step)];
        let mut counts = Line::new(&dimensions).count("call.attempts", self.success + self.failure);
        if self.success > 0 {
            counts = counts.count("call.success", self.success);
        }
        if self.failure > 0 {
            counts = counts.count("call.failure", self.failure);
        }
        let times = self.times.chunks(VALUES).map(|times| {
            Line::new(&dimensions)
                .metric("call.response_time", "Milliseconds", json!(times))
                .finish(now)
        });
        std::iter::once(counts.finish(now)).chain(times).collect()
    }
}

/// One line: metrics with the same dimensions.
struct Line {
    dimensions: Vec<String>,
    metrics: Vec<Value>,
    members: Map<String, Value>,
}

impl Line {
    fn new(dimensions: &[(&str, &str)]) -> Self {
        Self {
            dimensions: dimensions
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            metrics: Vec::new(),
            members: dimensions
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.metrics.is_empty()
    }

    fn count(self, name: &str, count: u64) -> Self {
        self.metric(name, "Count", json!(count))
    }

    fn metric(mut self, name: &str, unit: &str, value: Value) -> Self {
        self.metrics.push(json!({"Name": name, "Unit": unit}));
        self.members.insert(name.to_owned(), value);
        self
    }

    fn finish(mut self, now: Timestamp) -> String {
        let about = json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [self.dimensions],
                "Metrics": self.metrics,
            }],
        });
        self.members.insert("_aws".to_owned(), about);
        Value::Object(self.members).to_string()
    }
}
