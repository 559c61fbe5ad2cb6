//! Cost Explorer's answers, in its own words, read into lines.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Line, Record};
use crate::finding::{About, Finding};

/// A question to `GetCostAndUsage`, by the day, with the metrics of [`Question::METRICS`]. The two
/// kinds of charges exclude each other and together are the bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Not the record types of [`Question::APART`]; grouped by `USAGE_TYPE`, then the stack's tag.
    Usage,
    /// The record types of [`Question::APART`] only; grouped by `RECORD_TYPE`, then the stack's tag.
    Apart,
}

impl Question {
    /// What is asked for.
    pub const METRICS: [&'static str; 3] = ["UnblendedCost", "AmortizedCost", "UsageQuantity"];
    /// Record types that are no run rate.
    pub const APART: [&'static str; 3] = ["Credit", "Refund", "Tax"];

    /// The dimension of the first key.
    #[must_use]
    pub const fn dimension(self) -> &'static str {
        match self {
            Self::Usage => "USAGE_TYPE",
            Self::Apart => "RECORD_TYPE",
        }
    }
}

/// One group of one day, as it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `TimePeriod.Start`.
    pub start: String,
    /// `TimePeriod.End`.
    pub end: String,
    /// `Estimated` of the period.
    pub estimated: bool,
    /// `Keys` of the group: the dimension, then `tag key$tag value`.
    pub keys: Vec<String>,
    /// `Metrics` by name.
    pub metrics: BTreeMap<String, Metric>,
}

/// An amount as it was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// `Amount`.
    pub amount: Option<String>,
    /// `Unit`.
    pub unit: Option<String>,
}

/// An answer that cannot be read: nothing of it is used, since a part of a bill looks like a bill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// The period is no day.
    #[error("Cost Explorer answered for `{start}` to `{end}`, which is not one day")]
    Day {
        /// As answered.
        start: String,
        /// As answered.
        end: String,
    },
    /// The group is not of the two keys that were asked for.
    #[error("Cost Explorer answered {day} with the group {keys:?}, not with a {wanted} and a tag")]
    Keys {
        /// The day.
        day: Date,
        /// As answered.
        keys: Vec<String>,
        /// The dimension that was asked for.
        wanted: &'static str,
    },
    /// A metric is missing or no number.
    #[error("Cost Explorer answered {day} {subject} with {metric} `{told}`, which is no amount")]
    Amount {
        /// The day.
        day: Date,
        /// The group.
        subject: String,
        /// The metric.
        metric: &'static str,
        /// As answered; empty where it is missing.
        told: String,
    },
}

/// Lines, and what is to be known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// In the order answered. A group that comes to nothing at all has no line.
    pub lines: Vec<Line>,
    /// Other currencies.
    pub findings: Vec<Finding>,
}

/// Reads the answers to a question, all pages together. `services` names the service of a usage
/// type, where it is one service's alone.
///
/// # Errors
/// Any of them is malformed.
pub fn read(
    question: Question,
    answers: &[Answer],
    services: &BTreeMap<String, String>,
) -> Result<Read, BadAnswer> {
    let mut out = Read::default();
    let mut currencies = BTreeSet::new();
    for answer in answers {
        let Some(line) = line(question, answer, services)? else {
            continue;
        };
        if line.currency != "USD" && currencies.insert(line.currency.clone()) {
            let text = format!(
                "billed in {}, beginning with {} of {}; it is in no total, since Bella counts in USD",
                line.currency, line.usage_type, line.day
            );
            out.findings
                .push(Finding::new(About::Currency, line.currency.clone(), text));
        }
        out.lines.push(line);
    }
    Ok(out)
}

fn line(
    question: Question,
    answer: &Answer,
    services: &BTreeMap<String, String>,
) -> Result<Option<Line>, BadAnswer> {
    let day = one_day(answer)?;
    let keys = || BadAnswer::Keys {
        day,
        keys: answer.keys.clone(),
        wanted: question.dimension(),
    };
    let [first, tag] = answer.keys.as_slice() else {
        return Err(keys());
    };
    let (_, stack) = tag.split_once('$').ok_or_else(keys)?;
    let (unblended, currency) = amount(answer, day, Question::METRICS[0])?;
    let (amortized, _) = amount(answer, day, Question::METRICS[1])?;
    let (quantity, unit) = amount(answer, day, Question::METRICS[2])?;
    if unblended.is_zero() && amortized.is_zero() && quantity.is_zero() {
        return Ok(None);
    }
    let (usage_type, record) = match question {
        Question::Usage => (first.clone(), Record::Usage),
        Question::Apart => (String::new(), Record::from(first.clone())),
    };
    Ok(Some(Line {
        day,
        service: services.get(&usage_type).cloned(),
        usage_type,
        stack: (!stack.is_empty()).then(|| stack.to_owned()),
        record,
        unblended,
        amortized,
        quantity,
        unit: unit
            .filter(|unit| *unit != "N/A")
            .unwrap_or_default()
            .to_owned(),
        // An amount without a unit is in the account's currency, which is AWS's unless it says so.
        currency: currency.unwrap_or("USD").to_owned(),
        estimated: answer.estimated,
    }))
}

fn one_day(answer: &Answer) -> Result<Date, BadAnswer> {
    let ends = answer
        .start
        .parse::<Date>()
        .ok()
        .zip(answer.end.parse::<Date>().ok());
    ends.filter(|(start, end)| start.tomorrow().ok() == Some(*end))
        .map(|(start, _)| start)
        .ok_or_else(|| BadAnswer::Day {
            start: answer.start.clone(),
            end: answer.end.clone(),
        })
}

fn amount<'a>(
    answer: &'a Answer,
    day: Date,
    metric: &'static str,
) -> Result<(Decimal, Option<&'a str>), BadAnswer> {
    let told = answer.metrics.get(metric);
    let text = told
        .and_then(|told| told.amount.as_deref())
        .unwrap_or_default();
    let number = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text).ok(),
        false => text.parse().ok(),
    };
    let bad = || BadAnswer::Amount {
        day,
        subject: answer.keys.join(" "),
        metric,
        told: text.to_owned(),
    };
    let unit = told.and_then(|told| told.unit.as_deref());
    Ok((
        number.ok_or_else(bad)?,
        unit.filter(|unit| !unit.is_empty()),
    ))
}
