use hyper::StatusCode;
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::lines::Line;
use super::period::{Period, Refusal};
use super::{SERVICE, allocation_tags, billed, lines, queue};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::store::Store;
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
            "Costs, forecasts, dimensions and tags: what was injected, else what a bill that was given says, else zeros \
             and empty lists, after the request is checked as AWS checks it. Tags of the bill count once they are active.",
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
            let answered = own(operation, &turn.json(), &bill(turn.store));
            Ok(match answered {
                Ok(None) => Answer::error(
                    turn.call,
                    StatusCode::BAD_REQUEST,
                    "DataUnavailableException",
                    "Insufficient amount of historical data to generate forecast",
                ),
                Ok(Some(own)) => {
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

/// The lines that were given, with the tags that are active.
fn bill(store: &Store) -> Vec<Line> {
    let mut all = lines::all(store);
    for line in &mut all {
        line.tags
            .retain(|key, _| allocation_tags::is_active(store, key));
    }
    all
}

/// The answer about a bill, or why AWS refuses the question; `None` where it has too little to answer from. An account without a
/// line costs nothing.
fn own(operation: &str, body: &Value, bill: &[Line]) -> Result<Option<Value>, Refusal> {
    let today = Zoned::now().with_time_zone(TimeZone::UTC).date();
    let period = Period::of(body)?;
    match operation {
        "GetCostForecast" => {
            period.check_forecast()?;
            forecast(body, period, bill, today)
        }
        "GetCostAndUsage" => {
            period.check_past(today)?;
            let estimated_from = today.first_of_month();
            costs(body, period, bill, &|part| part.end > estimated_from).map(Some)
        }
        operation => {
            period.check_past(today)?;
            let list = if operation == "GetTags" {
                "Tags"
            } else {
                "DimensionValues"
            };
            Ok(Some(json!({list: [], "ReturnSize": 0, "TotalSize": 0})))
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
    bill: &[Line],
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
    let names: Vec<&str> = metrics.iter().filter_map(Value::as_str).collect();
    let parts = period.parts(granularity);
    let (results, next) = billed::costs(body, &parts, &names, bill, is_estimated)?;
    let mut answer = json!({"ResultsByTime": results, "DimensionValueAttributes": []});
    if let Some(next) = next {
        answer["NextPageToken"] = json!(next);
    }
    if !groups.is_empty() {
        answer["GroupDefinitions"] = groups.into();
    }
    Ok(answer)
}

fn forecast(
    body: &Value,
    period: Period,
    bill: &[Line],
    today: Date,
) -> Result<Option<Value>, Refusal> {
    let granularity = granularity(body, &["DAILY", "MONTHLY"])?;
    let metric = body["Metric"].as_str().unwrap_or_default();
    if !FORECASTS.contains(&metric) {
        return Err(format!("Invalid metric: {metric}"));
    }
    let parts = period.parts(granularity);
    if !bill.is_empty() {
        return billed::forecast(body, &parts, bill, today);
    }
    let results: Vec<Value> = parts
        .into_iter()
        .map(|part| json!({"TimePeriod": part.json(), "MeanValue": "0"}))
        .collect();
    Ok(Some(json!({
        "Total": {"Amount": "0", "Unit": "USD"},
        "ForecastResultsByTime": results,
    })))
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
        let answer = own("GetCostAndUsage", &asked, &[])
            .expect("it is answered")
            .expect("there is an answer");
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
            assert!(own("GetCostAndUsage", &asked, &[]).is_err(), "{asked}");
        }
    }
}
