use std::collections::BTreeMap;

use serde_json::Value;

use super::SERVICE;
use crate::gateway::{Call, NoAnswer, cbor};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: Formulas = Formulas;

pub(crate) struct Formulas;

/// The formulas of alarms, by account, region and name.
type Known = BTreeMap<String, Value>;

/// What the emulator fills in for an alarm on a formula.
const FILLED_IN: [&str; 7] = [
    "Namespace",
    "MetricName",
    "Dimensions",
    "Period",
    "Unit",
    "Statistic",
    "ExtendedStatistic",
];

impl Rule for Formulas {
    fn name(&self) -> &'static str {
        "alarms-on-formulas"
    }

    fn about(&self) -> About {
        About::corrects(
            "An alarm on a formula is described with its formula and without a metric of its own, and one on a \
             percentile without a statistic.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["PutMetricAlarm", "DescribeAlarms"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.call.operation.as_str() {
                "PutMetricAlarm" => put(self.name(), &turn).await,
                _ => describe(self.name(), &turn).await,
            }
        })
    }
}

fn key(place: &str, name: &Value) -> String {
    format!("{place}/{}", name.as_str().unwrap_or_default())
}

async fn place(turn: &Turn<'_>) -> Result<String, NoAnswer> {
    Ok(format!("{}/{}", turn.account().await?, turn.region()))
}

async fn put(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if answer.status.is_success() {
        let alarm = turn.json();
        let key = key(&place(turn).await?, &alarm["AlarmName"]);
        let remember = |known: &mut Known| match &alarm["Metrics"] {
            Value::Array(parts) if !parts.is_empty() => {
                known.insert(key, alarm["Metrics"].clone());
            }
            _ => {
                known.remove(&key);
            }
        };
        // Should it not be saved, the alarm shows without a formula: its user sees that it is not
        // what was asked for.
        let _ = turn.store.change(rule, remember);
    }
    Ok(answer)
}

async fn describe(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    let Some(mut described) = cbor::decode(&answer.body).filter(|_| answer.status.is_success())
    else {
        return Ok(answer);
    };
    let known: Known = turn.store.read(rule);
    let place = place(turn).await?;
    let alarms = described["MetricAlarms"].as_array_mut();
    for alarm in alarms.into_iter().flatten() {
        let formula = known.get(&key(&place, &alarm["AlarmName"]));
        let Some(fields) = alarm.as_object_mut() else {
            continue;
        };
        if let Some(formula) = formula {
            fields.retain(|name, _| !FILLED_IN.contains(&name.as_str()));
            fields.insert("Metrics".to_owned(), formula.clone());
        } else if fields.contains_key("ExtendedStatistic") {
            fields.remove("Statistic");
        }
    }
    Ok(answer.with_body(cbor::encode(&described)))
}
