//! What an alarm watches for: `error_rate > 5%`.

use super::text::{Refusal, nearest, text_value};
use std::{fmt, str::FromStr};

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

/// A quantity that alarms can watch.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// The name in a stack file.
    pub name: &'static str,
    /// What the number means.
    pub meaning: &'static str,
    /// What the number is counted in.
    pub unit: Unit,
}

/// What a metric is counted in, and how its limit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 100, written `5%`.
    Percent,
    /// Written `3s` or `250ms`.
    Seconds,
    /// Written `2GB`, `500MB`; powers of 1024.
    Bytes,
    /// Written `$15`.
    Dollars,
    /// A bare number.
    Count,
    /// Either so or not; the metric is written alone.
    State,
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

const fn metric(name: &'static str, unit: Unit, meaning: &'static str) -> Metric {
    Metric {
        name,
        meaning,
        unit,
    }
}

/// Every metric an alarm can name.
pub const METRICS: &[Metric] = &[
    metric(
        "error_rate",
        Unit::Percent,
        "requests the service answered with a 5xx status",
    ),
    metric(
        "avg_response_time",
        Unit::Seconds,
        "mean time the service takes to answer",
    ),
    metric(
        "response_time",
        Unit::Seconds,
        "95th percentile of the time the service takes to answer",
    ),
    metric(
        "healthy_hosts",
        Unit::Count,
        "tasks that pass the load balancer's health check",
    ),
    metric(
        "unhealthy_hosts",
        Unit::Count,
        "tasks that fail the load balancer's health check",
    ),
    metric(
        "health_check_failure",
        Unit::State,
        "no task passes the load balancer's health check",
    ),
    metric(
        "call_success_rate",
        Unit::Percent,
        "calls that end in a booking or an answer",
    ),
    metric(
        "calls_per_minute",
        Unit::Count,
        "calls that start in a minute",
    ),
    metric(
        "daily_cost",
        Unit::Dollars,
        "money the stack costs in a day",
    ),
    metric(
        "monthly_cost",
        Unit::Dollars,
        "money the stack has cost since the month began",
    ),
    metric("service_cpu", Unit::Percent, "processor use of the tasks"),
    metric("service_memory", Unit::Percent, "memory use of the tasks"),
    metric(
        "database_cpu",
        Unit::Percent,
        "processor use of the database",
    ),
    metric(
        "database_free_storage",
        Unit::Bytes,
        "space left on the database's disk",
    ),
    metric(
        "database_connections",
        Unit::Count,
        "connections open to the database",
    ),
    metric("cache_memory", Unit::Percent, "memory use of the cache"),
    metric(
        "schedule_failures",
        Unit::Count,
        "scheduled stops and starts that AWS could not carry out",
    ),
];

const OPERATORS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

impl FromStr for AlarmCondition {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let Some(metric) = METRICS.iter().find(|metric| metric.name == name) else {
            let names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("{near}{rest}"));
            let message = format!("`{name}` is not a metric that alarms can watch");
            return Err(Refusal::new(message, names.join(", ")).suggest(near));
        };
        let rest = rest.trim();
        if metric.unit == Unit::State {
            return match rest {
                "" => Ok(Self {
                    metric,
                    comparison: Comparison::AtLeast,
                    threshold: 1.0,
                }),
                _ => Err(Refusal::new(
                    format!("`{name}` is either so or not and takes no limit"),
                    name,
                )
                .suggest(Some(name))),
            };
        }
        let shape = format!("{name} > {}", metric.unit.example());
        let Some((sign, comparison)) = OPERATORS
            .into_iter()
            .find(|(sign, _)| rest.starts_with(sign))
        else {
            let message = format!("`{name}` needs one of the operators >, >=, <, <= and a limit");
            return Err(Refusal::new(
                message,
                format!("a condition such as {shape}"),
            ));
        };
        let threshold = metric
            .unit
            .parse(rest[sign.len()..].trim())
            .map_err(|reason| {
                Refusal::new(
                    format!("the limit of `{name}` {reason}"),
                    format!("a condition such as {shape}"),
                )
            })?;
        Ok(Self {
            metric,
            comparison,
            threshold,
        })
    }
}

impl Unit {
    const fn example(self) -> &'static str {
        match self {
            Self::Percent => "5%",
            Self::Seconds => "3s",
            Self::Bytes => "2GB",
            Self::Dollars => "$15",
            Self::Count | Self::State => "1",
        }
    }

    /// Suffixes of the unit with the factor to the base unit, longest first.
    const fn suffixes(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Percent => &[("%", 1.0)],
            Self::Seconds => &[("ms", 0.001), ("s", 1.0), ("m", 60.0)],
            Self::Bytes => &[("GB", 1_073_741_824.0), ("MB", 1_048_576.0)],
            Self::Dollars | Self::Count | Self::State => &[("", 1.0)],
        }
    }

    fn parse(self, text: &str) -> Result<f64, String> {
        let text = match self {
            Self::Dollars => text
                .strip_prefix('$')
                .ok_or("is an amount of money with a $ before it")?,
            _ => text,
        };
        let found = self.suffixes().iter().find_map(|(suffix, factor)| {
            let number = text.strip_suffix(suffix)?.trim_end();
            let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
            plain
                .then(|| number.parse::<f64>().ok())
                .flatten()
                .map(|number| number * factor)
        });
        match (self, found) {
            (Self::Percent, Some(number)) if number > 100.0 => {
                Err("is a percentage, at most 100%".to_owned())
            }
            (_, Some(number)) => Ok(number),
            (Self::Percent, None) => Err("is a percentage with a % after it".to_owned()),
            (Self::Seconds, None) => Err("is a time with ms, s or m after it".to_owned()),
            (Self::Bytes, None) => Err("is a size with MB or GB after it".to_owned()),
            (Self::Dollars, None) => Err("is an amount of money such as $15".to_owned()),
            (Self::Count | Self::State, None) => Err("is a bare number".to_owned()),
        }
    }
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
            Unit::Dollars => write!(f, "{} {comparison} ${threshold}", metric.name),
            Unit::Percent => write!(f, "{} {comparison} {threshold}%", metric.name),
            Unit::Seconds => write!(f, "{} {comparison} {threshold}s", metric.name),
            Unit::Bytes => write!(
                f,
                "{} {comparison} {}MB",
                metric.name,
                threshold / 1_048_576.0
            ),
            Unit::Count => write!(f, "{} {comparison} {threshold}", metric.name),
        }
    }
}

text_value!(
    AlarmCondition,
    "bella-alarm-condition",
    "A metric, an operator (>, >=, <, <=) and a limit with its unit; a state is written alone.",
    "^[a-z_]+( *(>=|<=|>|<) *\\$?[0-9.]+ *(%|ms|s|m|MB|GB)?)?$",
    [
        "error_rate > 5%",
        "avg_response_time > 3s",
        "daily_cost > $15",
        "health_check_failure"
    ]
);

#[cfg(test)]
mod tests {
    use super::AlarmCondition;

    #[test]
    fn conditions_parse_or_say_why_not() {
        let cases = [
            ("error_rate > 5%", "error_rate > 5%"),
            ("avg_response_time>=250ms", "avg_response_time >= 0.25s"),
            (
                "database_free_storage < 2GB",
                "database_free_storage < 2048MB",
            ),
            ("healthy_hosts < 1", "healthy_hosts < 1"),
            ("daily_cost > $15", "daily_cost > $15"),
            ("health_check_failure", "health_check_failure"),
            (
                "error_rate",
                "`error_rate` needs one of the operators >, >=, <, <= and a limit",
            ),
            (
                "error_rate = 5%",
                "`error_rate` needs one of the operators >, >=, <, <= and a limit",
            ),
            (
                "error_rate > 5",
                "the limit of `error_rate` is a percentage with a % after it",
            ),
            (
                "error_rate > 500%",
                "the limit of `error_rate` is a percentage, at most 100%",
            ),
            (
                "error_rate > %",
                "the limit of `error_rate` is a percentage with a % after it",
            ),
            (
                "avg_response_time > 3",
                "the limit of `avg_response_time` is a time with ms, s or m after it",
            ),
            (
                "daily_cost > 15",
                "the limit of `daily_cost` is an amount of money with a $ before it",
            ),
            (
                "healthy_hosts < -1",
                "the limit of `healthy_hosts` is a bare number",
            ),
            (
                "health_check_failure > 1",
                "`health_check_failure` is either so or not and takes no limit",
            ),
            (
                "eror_rate > 5%",
                "`eror_rate` is not a metric that alarms can watch",
            ),
            ("", "`` is not a metric that alarms can watch"),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<AlarmCondition>();
            let seen =
                seen.map_or_else(|refusal| refusal.message, |condition| condition.to_string());
            assert_eq!(seen, expected, "{text}");
        }
    }
}
