//! Alarms.

use crate::value::{AlarmCondition, AlarmName, Duration, RunbookName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One alarm and the page that says what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Alarm {
    /// Name of the alarm, unique in the stack.
    pub name: AlarmName,
    /// Condition that rings it: a metric, >, >=, < or <=, and a limit with its unit, such as error_rate > 5% or daily_cost > $15.
    pub when: AlarmCondition,
    /// Time the condition has to hold, in whole minutes, 1m to 7d. Default: 5m.
    #[serde(rename = "for", default = "five_minutes")]
    pub lasting: Duration,
    /// Who is told: critical (the person on call) or warning (the team). Default: warning.
    #[serde(default)]
    pub severity: Severity,
    /// Page of runbooks/ to open, without .md.
    pub runbook: RunbookName,
}

/// Who is told: critical or warning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Severity {
    Critical,
    #[default]
    Warning,
}

fn five_minutes() -> Duration {
    Duration::from_seconds(300)
}
