use hyper::StatusCode;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::period::{Period, Refusal};
use super::{SERVICE, queue};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};

/// Row 68 of AWS's behaviours.
pub(crate) static RULE: Answers = Answers;

pub(crate) struct Answers;

const METRICS: [&str; 7] = [
    "AmortizedCost",
    "BlendedCost",
    "NetAmortizedCost",
    "NetUnblendedCost",
    "NormalizedUsageAmount",
    "UnblendedCost",
    "UsageQuantity",
];
const FORECASTS: [&str; 7] = [
    "AMORTIZED_COST",
    "BLENDED_COST",
    "NET_AMORTIZED_COST",
    "NET_UNBLENDED_COST",
    "NORMALIZED_USAGE_AMOUNT",
    "UNBLENDED_COST",
    "USAGE_QUANTITY",
];

impl Rule for Answers {
    fn name(&self) -> &'static str {
        "costs-answered"
    }

    fn about(&self) -> About {
        About::fills(
            "Costs, forecasts, dimensions and tags: what was injected, else zeros and empty lists, after the request \
             is checked as AWS checks it.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        queue::KINDS
            .iter()
            .any(|(_, operation)| call.is(SERVICE, &[operation]))
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let operation = turn.call.operation.as_str();
            let answered = own(operation, &turn.json());
            Ok(match answered {
                Ok(own) => {
                    let injected = queue::next(turn.store, operation);
                    Answer::json(StatusCode::OK, &injected.unwrap_or(own))
                }
                Err(message) => Answer::error(
                    turn.call,
                    StatusCode::BAD_REQUEST,
                    "ValidationException",
                    &message,
                ),
            })
        })
    }
}

/// The answer about an account that costs nothing, or why AWS refuses the question.
fn own(operation: &str, body: &Value) -> Result<Value, Refusal> {
    let today = Zoned::now().with_time_zone(TimeZone::UTC).date();
    let period = Period::of(body)?;
    match operation {
        "GetCostForecast" => {
            period.check_forecast()?;
            forecast(body, period)
        }
        "GetCostAndUsage" => {
            period.check_past(today)?;
            let estimated_from = today.first_of_month();
            costs(body, period, &|part| part.end > estimated_from)
        }
        operation => {
            period.check_past(today)?;
            let list = if operation == "GetTags" {
                "Tags"
            } else {
                "DimensionValues"
            };
            Ok(json!({list: [], "ReturnSize": 0, "TotalSize": 0}))
        }
    }
}

fn granularity<'a>(body: &'a Value, all: &[&str]) -> Result<&'a str, Refusal> {
    let given = body["Granularity"].as_str().unwrap_or_default();
    if all.contains(&given) {
        return Ok(given);
    }
    Err(format!(
        "Granularity {given} is not one of {}",
        all.join(", ")
    ))
}

fn costs(
    body: &Value,
    period: Period,
    is_estimated: &dyn Fn(Period) -> bool,
) -> Result<Value, Refusal> {
    // Hours have to be enabled by the account's owner.
    let granularity = granularity(body, &["DAILY", "MONTHLY"])?;
    let metrics = array(&body["Metrics"]);
    let unknown = metrics
        .iter()
        .find(|metric| !METRICS.iter().any(|known| metric == known));
    if let Some(unknown) = unknown {
        return Err(format!("Invalid metric: {unknown}"));
    }
    if metrics.is_empty() {
        return Err("Metrics is required".to_owned());
    }
    let groups = array(&body["GroupBy"]);
    if groups.len() > 2 {
        return Err("Number of groups exceeds the limit of 2".to_owned());
    }
    let zeros: Map<String, Value> = metrics
        .iter()
        .filter_map(Value::as_str)
        .map(|metric| (metric.to_owned(), amount(metric)))
        .collect();
    let results: Vec<Value> = period
        .parts(granularity)
        .into_iter()
        .map(|part| {
            // Groups have the amounts, where there are groups.
            let total = if groups.is_empty() { zeros.clone() } else { Map::new() };
            json!({
                "TimePeriod": part.json(), "Total": total, "Groups": [], "Estimated": is_estimated(part),
            })
        })
        .collect();
    let mut answer = json!({"ResultsByTime": results, "DimensionValueAttributes": []});
    if !groups.is_empty() {
        answer["GroupDefinitions"] = groups.into();
    }
    Ok(answer)
}

fn amount(metric: &str) -> Value {
    let unit = match metric {
        "UsageQuantity" | "NormalizedUsageAmount" => "N/A",
        _ => "USD",
    };
    json!({"Amount": "0", "Unit": unit})
}

fn forecast(body: &Value, period: Period) -> Result<Value, Refusal> {
    let granularity = granularity(body, &["DAILY", "MONTHLY"])?;
    let metric = body["Metric"].as_str().unwrap_or_default();
    if !FORECASTS.contains(&metric) {
        return Err(format!("Invalid metric: {metric}"));
    }
    let parts = period.parts(granularity).into_iter();
    let results: Vec<Value> = parts
        .map(|part| json!({"TimePeriod": part.json(), "MeanValue": "0"}))
        .collect();
    Ok(json!({
        "Total": {"Amount": "0", "Unit": "USD"},
        "ForecastResultsByTime": results,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::own;

    #[test]
    fn questions_are_checked_and_cost_nothing() {
        let period = json!({"Start": "2024-01-01", "End": "2024-01-03"});
        let asked = json!({
            "TimePeriod": period, "Granularity": "DAILY", "Metrics": ["UnblendedCost"],
        });
        let answer = own("GetCostAndUsage", &asked).expect("an answer");
        assert_eq!(
            answer["ResultsByTime"][1]["Total"]["UnblendedCost"]["Amount"],
            "0"
        );
        for (field, value) in [
            ("Granularity", json!("WEEKLY")),
            ("Metrics", json!(["Cost"])),
            ("Metrics", json!([])),
            (
                "TimePeriod",
                json!({"Start": "2024-02-01", "End": "2024-01-01"}),
            ),
            (
                "TimePeriod",
                json!({"Start": "yesterday", "End": "2024-01-01"}),
            ),
        ] {
            let mut asked = asked.clone();
            asked[field] = value;
            assert!(own("GetCostAndUsage", &asked).is_err(), "{asked}");
        }
    }
}
