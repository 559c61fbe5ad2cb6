use serde_json::{Map, Value};

use crate::rules::form::Form;

const WHOLE: [&str; 6] = [
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "DatapointsToAlarm",
    "EvaluationPeriods",
    "MaxRecords",
    "Period",
];

/// An empty list is a field of this name without a value.
const LISTS: [&str; 9] = [
    "AlarmActions",
    "AlarmNames",
    "DashboardNames",
    "Dimensions",
    "InsufficientDataActions",
    "Metrics",
    "OKActions",
    "TagKeys",
    "Tags",
];

/// AWS takes no longer list of anything here.
const LONGEST: usize = 500;

/// A request of CloudWatch's older wire format as a value: `Metrics.member.1.Id` is the `Id` of the first of `Metrics`.
pub(super) fn value(form: &Form) -> Value {
    let mut value = Value::Object(Map::new());
    for (name, text) in form.fields() {
        if matches!(name, "Action" | "Version") {
            continue;
        }
        let path: Vec<&str> = name.split('.').collect();
        put(
            &mut value,
            &path,
            leaf(path.last().copied().unwrap_or_default(), text),
        );
    }
    value
}

fn put(at: &mut Value, path: &[&str], leaf: Value) {
    match path {
        [] => *at = leaf,
        ["member", number, rest @ ..] => {
            let number = number.parse::<usize>().ok();
            let Some(place) = number.and_then(|number| number.checked_sub(1)) else {
                return;
            };
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            if let Some(all) = at.as_array_mut().filter(|_| place < LONGEST) {
                if all.len() <= place {
                    all.resize(place + 1, Value::Null);
                }
                put(&mut all[place], rest, leaf);
            }
        }
        [name, rest @ ..] => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            if let Some(fields) = at.as_object_mut() {
                put(
                    fields.entry((*name).to_owned()).or_insert(Value::Null),
                    rest,
                    leaf,
                );
            }
        }
    }
}

/// A value by the name of its field; what does not read as it should stays text, and is refused as that.
fn leaf(name: &str, text: &str) -> Value {
    let typed = match name {
        _ if text.is_empty() && LISTS.contains(&name) => Some(Value::Array(Vec::new())),
        _ if WHOLE.contains(&name) => text.parse::<i64>().ok().map(Value::from),
        "Threshold" => text.parse::<f64>().ok().map(Value::from),
        "ActionsEnabled" | "ReturnData" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    typed.unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_nested_and_typed() {
        let form = Form::action(
            "PutMetricAlarm",
            "2010-08-01",
            &[
                ("AlarmName", "5"),
                ("EvaluationPeriods", "5"),
                ("Threshold", "2147483648"),
                ("ActionsEnabled", "true"),
                ("OKActions", ""),
                ("AlarmActions.member.2", "b"),
                ("AlarmActions.member.1", "a"),
                ("Metrics.member.1.Id", "e"),
                ("Metrics.member.1.ReturnData", "false"),
                ("Metrics.member.1.MetricStat.Period", "60"),
                (
                    "Metrics.member.1.MetricStat.Metric.Dimensions.member.1.Name",
                    "LoadBalancer",
                ),
                ("Tags.member.0.Key", "no such place"),
                ("Tags.member.999999999.Key", "no such place"),
            ],
        );
        assert_eq!(
            value(&form),
            json!({
                "AlarmName": "5", "EvaluationPeriods": 5, "Threshold": 2_147_483_648.0, "ActionsEnabled": true,
                "OKActions": [], "AlarmActions": ["a", "b"], "Tags": [],
                "Metrics": [{"Id": "e", "ReturnData": false, "MetricStat": {
                    "Period": 60, "Metric": {"Dimensions": [{"Name": "LoadBalancer"}]}}}],
            })
        );
    }
}
