//! What an alarm watches for: `error_rate > 5%`.

mod metric;
mod parse;
mod unit;

pub use metric::{METRICS, Metric, Watched};
pub use unit::Unit;

use super::text::text_value;
use std::fmt;

/// A condition on one metric of the stack.
///
/// Written `metric operator number unit`; a metric that is a state (`health_check_failure`) is written alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlarmCondition {
    /// The metric that is watched.
    pub metric: &'static Metric,
    /// How the metric is compared; for a state, at least.
    pub comparison: Comparison,
    /// The limit in the metric's unit (percent, seconds, bytes, US dollars or a count); for a state, 1.
    pub threshold: f64,
}

/// How a metric is compared with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        })
    }
}

impl fmt::Display for AlarmCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            metric,
            comparison,
            threshold,
        } = self;
        match metric.unit {
            Unit::State => f.write_str(metric.name),
            unit => write!(f, "{} {comparison} {}", metric.name, unit.write(*threshold)),
        }
    }
}

text_value!(
    AlarmCondition,
    "bella-alarm-condition",
    "A metric, an operator (>, >=, <, <=) and a limit with its unit; a state is written alone.",
    "^[a-z0-9_]+( *(>=|<=|>|<) *\\$?[0-9.]+ *(%|ms|s|m|MB|GB)?)?$",
    [
        "error_rate > 5%",
        "avg_response_time > 3s",
        "daily_cost > $15",
        "health_check_failure"
    ]
);
