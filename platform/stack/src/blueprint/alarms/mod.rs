//! Alarms: who is told, the conditions as CloudWatch reads them, the sum of them, the dashboard.
//!
//! Conditions on money become budgets and are in `budget.rs`.

mod dashboard;
mod source;
mod watch;

use self::watch::Watch;
use super::{Node, schedule};
use crate::{
    Stack,
    stack::{Alarm, Severity},
    value::{Unit, Watched},
};
use serde_json::{Number, Value, json};
use std::collections::BTreeSet;

/// The namespace of the metrics that the service publishes, with the dimension `Stack`.
pub(super) const NAMESPACE: &str = "Bella/Voice";

/// Calls that a task took in the last minute; each task publishes its own.
pub(super) const CALLS_PER_MINUTE: &str = "CallsPerMinute";

/// The page to open when a scheduled stop or start failed.
const SCHEDULE_RUNBOOK: &str = "schedule-failed";

pub(super) fn nodes(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    let bells = bells(stack);
    if bells.is_empty() {
        return Vec::new();
    }
    let mut nodes = told(stack, &bells);
    nodes.extend(bells.iter().map(|bell| bell.node(image)));
    nodes.extend(composite(&bells));
    if !stack.alarms.is_empty() {
        nodes.push(dashboard::node(stack, &bells));
    }
    nodes
}

/// An alarm of CloudWatch.
struct Bell {
    /// The name of its resource.
    label: String,
    /// The condition in words.
    condition: String,
    runbook: String,
    severity: Severity,
    /// Whether it rings when nothing is heard, too.
    is_liveness: bool,
    watch: Watch,
}

/// The alarms of the stack file that CloudWatch watches, and one for failed schedules where the file has none of its own.
fn bells(stack: &Stack) -> Vec<Bell> {
    let mut bells: Vec<Bell> = stack
        .alarms
        .iter()
        .filter(|alarm| alarm.when.metric.unit != Unit::Dollars)
        .map(|alarm| Bell {
            label: label(alarm),
            condition: format!("{} for {}", alarm.when, alarm.lasting),
            runbook: alarm.runbook.to_string(),
            severity: alarm.severity,
            is_liveness: alarm.when.metric.watched == Watched::HealthCheckFailure,
            watch: Watch::of(stack, &alarm.when, alarm.lasting.seconds()),
        })
        .collect();
    let failed = "schedule_failures";
    let is_watched = stack.alarms.iter().any(|alarm| {
        alarm.when.metric.watched == Watched::ScheduleFailures || label(alarm) == failed
    });
    if stack.auto_shutdown.is_some() && !is_watched {
        bells.push(Bell {
            label: failed.to_owned(),
            condition: "a scheduled stop or start was given up".to_owned(),
            runbook: SCHEDULE_RUNBOOK.to_owned(),
            severity: Severity::Warning,
            is_liveness: false,
            watch: Watch::of_dead_letters(),
        });
    }
    bells
}

/// The name of an alarm's resource.
pub(super) fn label(alarm: &Alarm) -> String {
    alarm.name.as_str().replace('-', "_")
}

/// Who is told, and how.
pub(super) struct Told {
    pub(super) protocol: &'static str,
    pub(super) endpoint: String,
}

/// Those the stack file names for a severity, else the owner.
pub(super) fn recipients(stack: &Stack, severity: Severity) -> Vec<Told> {
    let named = match severity {
        Severity::Critical => &stack.recipients.critical,
        Severity::Warning => &stack.recipients.warning,
    };
    let told = |protocol, endpoint| Told { protocol, endpoint };
    match named.as_slice() {
        [] => vec![told("email", stack.owner.to_string())],
        _ => named
            .iter()
            .map(|one| told(one.protocol(), one.to_string()))
            .collect(),
    }
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
    }
}

/// A topic for each severity in use, and its subscribers. Each mailbox has to confirm once, by a link that AWS sends it.
fn told(stack: &Stack, bells: &[Bell]) -> Vec<Node> {
    let used: BTreeSet<&str> = bells.iter().map(|bell| word(bell.severity)).collect();
    let mut nodes = Vec::new();
    for severity in [Severity::Critical, Severity::Warning] {
        let topic = word(severity);
        if !used.contains(topic) {
            continue;
        }
        nodes.push(Node::new("sns_topic", topic, json!({})));
        for told in recipients(stack, severity) {
            let properties = json!({
                "topic": format!("${{sns_topic.{topic}.arn}}"),
                "protocol": told.protocol,
                "endpoint": told.endpoint,
            });
            let name = format!("{topic}_{}", slug(&told.endpoint));
            nodes.push(Node::new("sns_subscription", &name, properties));
        }
    }
    nodes
}

/// An endpoint as a part of an address: `platform_bella_example`.
fn slug(endpoint: &str) -> String {
    let lower = endpoint.trim_start_matches("https://").to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

impl Bell {
    fn description(&self) -> String {
        let Self {
            condition, runbook, ..
        } = self;
        format!("{condition}. Runbook: {runbook} (bella runbook show {runbook})")
    }

    /// Before there is an image nothing runs that could be well, so nobody is told that nothing is.
    fn node(&self, image: Option<&str>) -> Node {
        let topic = format!("${{sns_topic.{}.arn}}", word(self.severity));
        let mut properties = self.watch.properties();
        properties.insert("description".to_owned(), self.description().into());
        properties.insert("alarm_actions".to_owned(), json!([topic]));
        properties.insert("ok_actions".to_owned(), json!([topic]));
        if self.is_liveness && image.is_none() {
            properties.insert("actions_enabled".to_owned(), json!(false));
        }
        Node::new("metric_alarm", &self.label, properties.into())
    }
}

/// One alarm over all critical ones, which tells nobody: the answer to "is the stack well" in one place. Not made over a single one,
/// which it would repeat.
fn composite(bells: &[Bell]) -> Option<Node> {
    let critical: Vec<String> = bells
        .iter()
        .filter(|bell| bell.severity == Severity::Critical)
        .map(|bell| format!("ALARM(\"${{metric_alarm.{}.arn}}\")", bell.label))
        .collect();
    let properties = json!({
        "description": "any critical alarm of the stack",
        "rule": critical.join(" OR "),
    });
    (critical.len() > 1).then(|| Node::new("composite_alarm", "stack", properties))
}

/// A number as people write it: 5 and not 5.0.
pub(super) fn number(value: f64) -> Value {
    /// Every whole number up to this one is a double.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= WHOLE {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// The queue that scheduled calls end in when AWS gives them up.
const fn dead_letters() -> &'static str {
    schedule::DEAD_LETTERS
}
