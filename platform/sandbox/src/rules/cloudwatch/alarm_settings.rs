use std::collections::BTreeSet;

use serde_json::Value;

use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-alarm-refused",
    about: About::refuses("An alarm whose settings do not fit together is refused."),
    service: SERVICE,
    operations: &["PutMetricAlarm"],
    check,
};

const COMPARISONS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
const MISSING_DATA: [&str; 4] = ["breaching", "notBreaching", "ignore", "missing"];
const STATISTICS: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
/// What describes the one metric of an alarm without a formula.
const OF_ONE_METRIC: [&str; 7] = [
    "Namespace",
    "MetricName",
    "Dimensions",
    "Period",
    "Unit",
    "Statistic",
    "ExtendedStatistic",
];

const COMBINATION: &str = "InvalidParameterCombination";
const VALUE: &str = "InvalidParameterValue";
const MISSING: &str = "MissingParameter";
const VALIDATION: &str = "ValidationError";

type Verdict = Result<(), (&'static str, String)>;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let refused = settings(&turn.json()).err();
        Ok(refused.map(|(code, message)| Refused::new(code, message)))
    })
}

fn settings(alarm: &Value) -> Verdict {
    let name = alarm["AlarmName"].as_str().unwrap_or_default();
    require(
        (1..=255).contains(&name.len()),
        VALIDATION,
        "AlarmName has to have 1 to 255 characters",
    )?;
    one_of(alarm, "ComparisonOperator", &COMPARISONS)?;
    if is_given(&alarm["TreatMissingData"]) {
        one_of(alarm, "TreatMissingData", &MISSING_DATA)?;
    }
    require(
        is_given(&alarm["Threshold"]),
        MISSING,
        "The parameter Threshold must be set",
    )?;
    let periods = alarm["EvaluationPeriods"].as_i64().unwrap_or(0);
    require(
        periods >= 1,
        VALIDATION,
        "EvaluationPeriods has to be at least 1",
    )?;
    let of_these = alarm["DatapointsToAlarm"].as_i64().unwrap_or(periods);
    require(
        (1..=periods).contains(&of_these),
        VALIDATION,
        "DatapointsToAlarm has to be between 1 and EvaluationPeriods",
    )?;
    actions(alarm)?;
    match (
        is_given(&alarm["MetricName"]),
        array(&alarm["Metrics"]).is_empty(),
    ) {
        (true, true) => one_metric(alarm, periods),
        (false, false) => formula(alarm, periods),
        _ => Err((
            MISSING,
            "Exactly one of MetricName and Metrics must be set".to_owned(),
        )),
    }
}

fn one_metric(alarm: &Value, periods: i64) -> Verdict {
    require(
        is_given(&alarm["Namespace"]),
        MISSING,
        "The parameter Namespace must be set",
    )?;
    require(
        is_given(&alarm["Statistic"]) != is_given(&alarm["ExtendedStatistic"]),
        COMBINATION,
        "Exactly one of Statistic and ExtendedStatistic must be set",
    )?;
    if is_given(&alarm["Statistic"]) {
        one_of(alarm, "Statistic", &STATISTICS)?;
    }
    period(&alarm["Period"], periods)
}

fn formula(alarm: &Value, periods: i64) -> Verdict {
    let stray = OF_ONE_METRIC.iter().find(|name| is_given(&alarm[**name]));
    if let Some(stray) = stray {
        return Err((
            COMBINATION,
            format!("{stray} must not be set beside Metrics"),
        ));
    }
    let parts = array(&alarm["Metrics"]);
    require(
        parts.len() <= 20,
        VALIDATION,
        "Metrics has at most 20 members",
    )?;
    let mut ids = BTreeSet::new();
    for part in parts {
        let id = part["Id"].as_str().unwrap_or_default();
        let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        require(
            is_id && ids.insert(id),
            VALIDATION,
            "Each Id begins with a small letter, has letters, digits and underscores, and is there once",
        )?;
        let metric = &part["MetricStat"];
        require(
            is_given(&part["Expression"]) != is_given(metric),
            COMBINATION,
            "Each member of Metrics has either Expression or MetricStat",
        )?;
        if is_given(metric) {
            let named = &metric["Metric"];
            require(
                is_given(&named["Namespace"])
                    && is_given(&named["MetricName"])
                    && is_given(&metric["Stat"]),
                MISSING,
                "A MetricStat has a namespace, a name and a statistic",
            )?;
            period(&metric["Period"], periods)?;
        }
    }
    let watched = parts.iter().filter(|part| part["ReturnData"] != false);
    require(
        watched.count() == 1,
        VALIDATION,
        "Exactly one element of the metrics list should return data.",
    )
}

fn period(seconds: &Value, periods: i64) -> Verdict {
    let Some(seconds) = seconds.as_i64() else {
        return Err((MISSING, "The parameter Period must be set".to_owned()));
    };
    require(
        matches!(seconds, 10 | 20 | 30) || (seconds > 0 && seconds % 60 == 0),
        VALUE,
        "Period must be 10, 20, 30 or a multiple of 60",
    )?;
    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;
    let longest = if seconds < HOUR { DAY } else { 7 * DAY };
    require(
        seconds.saturating_mul(periods) <= longest,
        VALUE,
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or a week for periods of an hour and more",
    )
}

fn actions(alarm: &Value) -> Verdict {
    for list in ["AlarmActions", "OKActions", "InsufficientDataActions"] {
        let all = array(&alarm[list]);
        require(
            all.len() <= 5,
            VALIDATION,
            "At most five actions of one kind",
        )?;
        let is_arn = |one: &Value| one.as_str().is_some_and(|text| text.starts_with("arn:"));
        require(
            all.iter().all(is_arn),
            VALIDATION,
            "Invalid arn syntax in an action",
        )?;
    }
    Ok(())
}

fn one_of(alarm: &Value, name: &str, allowed: &[&str]) -> Verdict {
    let value = alarm[name].as_str().unwrap_or_default();
    if allowed.contains(&value) {
        return Ok(());
    }
    Err((
        VALIDATION,
        format!(
            "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must satisfy enum value set: {allowed:?}"
        ),
    ))
}

fn require(holds: bool, code: &'static str, message: &str) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err((code, message.to_owned()))
    }
}

/// Whether a parameter is there; the emptiest list is as none.
fn is_given(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::settings;

    fn plain(change: &Value) -> Value {
        merged(
            json!({
                "AlarmName": "a", "Namespace": "N", "MetricName": "M", "Statistic": "Sum",
                "Period": 60, "EvaluationPeriods": 3, "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanThreshold",
            }),
            change,
        )
    }

    fn formula(change: &Value) -> Value {
        let metric = |id: &str| {
            json!({"Id": id, "ReturnData": false, "MetricStat": {
                "Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "Sum"}})
        };
        merged(
            json!({
                "AlarmName": "a", "EvaluationPeriods": 3, "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanThreshold",
                "Metrics": [metric("m1"), metric("m2"), {"Id": "e", "Expression": "m1/m2", "ReturnData": true}],
            }),
            change,
        )
    }

    fn merged(mut alarm: Value, change: &Value) -> Value {
        for (key, value) in change.as_object().into_iter().flatten() {
            alarm[key] = value.clone();
        }
        alarm
    }

    #[test]
    fn what_fits_together_is_taken() {
        for alarm in [
            plain(&json!({})),
            plain(&json!({"Period": 10})),
            plain(&json!({"Period": 60, "EvaluationPeriods": 1440})),
            plain(&json!({"Period": 3600, "EvaluationPeriods": 168})),
            plain(&json!({"Statistic": null, "ExtendedStatistic": "p95"})),
            plain(&json!({"DatapointsToAlarm": 2, "TreatMissingData": "breaching"})),
            formula(&json!({})),
        ] {
            assert_eq!(settings(&alarm), Ok(()), "{alarm}");
        }
    }

    #[test]
    fn what_does_not_is_refused() {
        let part = json!({"Id": "e", "Expression": "1", "ReturnData": true});
        for (alarm, code) in [
            (plain(&json!({"Period": 7})), "InvalidParameterValue"),
            (plain(&json!({"Period": 90})), "InvalidParameterValue"),
            (
                plain(&json!({"EvaluationPeriods": 1441})),
                "InvalidParameterValue",
            ),
            (
                plain(&json!({"Period": 3600, "EvaluationPeriods": 169})),
                "InvalidParameterValue",
            ),
            (
                plain(&json!({"ComparisonOperator": "Above"})),
                "ValidationError",
            ),
            (
                plain(&json!({"TreatMissingData": "bad"})),
                "ValidationError",
            ),
            (plain(&json!({"DatapointsToAlarm": 4})), "ValidationError"),
            (plain(&json!({"Statistic": "p95"})), "ValidationError"),
            (
                plain(&json!({"ExtendedStatistic": "p95"})),
                "InvalidParameterCombination",
            ),
            (plain(&json!({"MetricName": null})), "MissingParameter"),
            (plain(&json!({"Threshold": null})), "MissingParameter"),
            (plain(&json!({"AlarmActions": ["mail"]})), "ValidationError"),
            (plain(&json!({"Metrics": [part]})), "MissingParameter"),
            (
                formula(&json!({"Namespace": "N"})),
                "InvalidParameterCombination",
            ),
            (
                formula(&json!({"Period": 60})),
                "InvalidParameterCombination",
            ),
            (
                formula(&json!({"Metrics": [part, part]})),
                "ValidationError",
            ),
            (
                formula(&json!({"Metrics": [part, {"Id": "f", "Expression": "e"}]})),
                "ValidationError",
            ),
            (
                formula(&json!({"Metrics": [{"Id": "E", "Expression": "1"}]})),
                "ValidationError",
            ),
            (
                formula(&json!({"Metrics": [{"Id": "e"}]})),
                "InvalidParameterCombination",
            ),
        ] {
            let refused = settings(&alarm).map_err(|(code, _)| code);
            assert_eq!(refused, Err(code), "{alarm}");
        }
    }
}
