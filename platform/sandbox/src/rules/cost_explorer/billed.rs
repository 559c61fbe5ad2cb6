//! Answers to questions about a bill of lines.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::expression::admits;
use super::lines::Line;
use super::period::{Period, Refusal};
use crate::rules::turn::array;

/// How many groups a page holds; AWS says no number.
const PAGE: usize = 1000;
/// A forecast of the sandbox is the mean of so many days.
const HISTORY_DAYS: i64 = 14;

/// `ResultsByTime` of one page and the token of the next.
pub(super) fn costs(
    body: &Value,
    parts: &[Period],
    metrics: &[&str],
    lines: &[Line],
    is_estimated: &dyn Fn(Period) -> bool,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let groups = array(&body["GroupBy"]);
    let mut chosen = Vec::new();
    for line in lines {
        if admits(&body["Filter"], line)? {
            chosen.push(line);
        }
    }
    let first: usize = match body["NextPageToken"].as_str() {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| "NextPageToken is invalid".to_owned())?,
    };
    let mut results = Vec::new();
    let mut held = 0;
    for (index, part) in parts.iter().enumerate().skip(first) {
        let within = chosen
            .iter()
            .filter(|line| part.start <= line.day && line.day < part.end);
        let mut sums: BTreeMap<Vec<String>, Vec<&Line>> = BTreeMap::new();
        for line in within {
            sums.entry(keys(groups, line)?).or_default().push(line);
        }
        held += sums.len();
        if held > PAGE && index > first && !sums.is_empty() {
            return Ok((results, Some(index.to_string())));
        }
        let whole = |lines: &[&Line]| -> Map<String, Value> {
            let one = |name: &&str| ((*name).to_owned(), sum(name, lines));
            metrics.iter().map(one).collect()
        };
        let (total, groups) = match groups.is_empty() {
            true => (
                whole(sums.get(&Vec::new()).map_or(&[][..], Vec::as_slice)),
                Vec::new(),
            ),
            false => {
                let list = sums.iter();
                let list = list.map(|(keys, lines)| json!({"Keys": keys, "Metrics": whole(lines)}));
                (Map::new(), list.collect())
            }
        };
        results.push(json!({
            "TimePeriod": part.json(), "Total": total, "Groups": groups, "Estimated": is_estimated(*part),
        }));
    }
    Ok((results, None))
}

/// What a line is grouped under; a tag as `key$value`, with nothing behind the `$` where a line has none.
fn keys(groups: &[Value], line: &Line) -> Result<Vec<String>, Refusal> {
    let key = |group: &Value| {
        let name = group["Key"].as_str().unwrap_or_default();
        match group["Type"].as_str() {
            Some("TAG") => {
                let value = line.tags.get(name).map_or("", String::as_str);
                Ok(format!("{name}${value}"))
            }
            Some("DIMENSION") => {
                let value = line.dimension(name).map(str::to_owned);
                value.ok_or_else(|| format!("Group by {name} is not supported"))
            }
            _ => Err("Group definition type is DIMENSION, TAG or COST_CATEGORY".to_owned()),
        }
    };
    groups.iter().map(key).collect()
}

fn sum(metric: &str, lines: &[&Line]) -> Value {
    let amount: Decimal = lines.iter().map(|line| line.metric(metric).0).sum();
    let mut units = lines.iter().map(|line| line.metric(metric).1);
    let first = units.next();
    // Quantities of several units are added up as they are; only their unit is not said.
    let unit = match first {
        None if metric.contains("Cost") => "USD",
        Some(unit) if units.all(|one| one == unit) => unit,
        _ => "N/A",
    };
    json!({"Amount": amount.normalize().to_string(), "Unit": unit})
}

/// The mean of the days before, for every day to come; `None` without a day of history.
pub(super) fn forecast(
    body: &Value,
    parts: &[Period],
    lines: &[Line],
    today: Date,
) -> Result<Option<Value>, Refusal> {
    let since = today.saturating_sub(jiff::Span::new().days(HISTORY_DAYS));
    let (mut total, mut any) = (Decimal::ZERO, false);
    for line in lines {
        if since <= line.day && line.day < today && admits(&body["Filter"], line)? {
            total += line.unblended;
            any = true;
        }
    }
    if !any {
        return Ok(None);
    }
    let daily = total / Decimal::from(HISTORY_DAYS);
    let share = |part: &Period| {
        let days = part.start.until(part.end).map_or(0, |span| span.get_days());
        daily * Decimal::from(days)
    };
    let is_banded = body["PredictionIntervalLevel"].is_number();
    let text = |amount: Decimal| amount.round_dp(10).normalize().to_string();
    let results = parts.iter().map(|part| {
        let mean = share(part);
        let mut one = json!({"TimePeriod": part.json(), "MeanValue": text(mean)});
        if is_banded {
            one["PredictionIntervalLowerBound"] = json!(text(mean * Decimal::new(9, 1)));
            one["PredictionIntervalUpperBound"] = json!(text(mean * Decimal::new(11, 1)));
        }
        one
    });
    let whole: Decimal = parts.iter().map(share).sum();
    Ok(Some(json!({
        "Total": {"Amount": text(whole), "Unit": "USD"},
        "ForecastResultsByTime": results.collect::<Vec<_>>(),
    })))
}
