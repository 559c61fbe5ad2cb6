//! Rows held to the specification.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::Row;
use super::column::{Column, Holds};

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The column; `None` of the row as a whole.
    pub column: Option<Column>,
    /// In words.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}: {}", column.name(), self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Everything that is wrong with a row: types, moments with a time, enumerations, what must not be null, and what columns say of each other.
#[must_use]
pub fn check(row: &Row) -> Vec<Violation> {
    if row.len() != Column::ALL.len() {
        let text = format!("has {} columns of {}", row.len(), Column::ALL.len());
        return vec![Violation { column: None, text }];
    }
    let mut found: Vec<Violation> = Column::ALL
        .into_iter()
        .zip(row)
        .filter_map(|(column, cell)| wrong(column, cell))
        .collect();
    if found.is_empty() {
        found.extend(between(row));
    }
    found
}

fn wrong(column: Column, cell: &str) -> Option<Violation> {
    let violation = |text: String| {
        Some(Violation {
            column: Some(column),
            text,
        })
    };
    if cell.is_empty() {
        return match column.may_be_null() {
            true => None,
            false => violation("must not be null".to_owned()),
        };
    }
    match column.holds() {
        Holds::Text => None,
        Holds::Decimal if cell.parse::<Decimal>().is_ok() => None,
        Holds::Decimal => violation(format!("`{cell}` is no decimal")),
        // A date alone is one to some readers, and FOCUS wants the time.
        Holds::Moment if cell.ends_with('Z') && cell.parse::<Timestamp>().is_ok() => None,
        Holds::Moment => violation(format!("`{cell}` is no UTC date and time in ISO 8601")),
        Holds::Json => match serde_json::from_str(cell) {
            Ok(Value::Object(_)) => None,
            _ => violation(format!("`{cell}` is no JSON object")),
        },
        Holds::Words(words) if words.contains(&cell) => None,
        Holds::Words(words) => violation(format!("`{cell}` is none of {}", words.join(", "))),
    }
}

/// What columns say of each other.
fn between(row: &Row) -> Vec<Violation> {
    let cell = |column: Column| {
        let at = Column::ALL.iter().position(|other| *other == column);
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    };
    let moment = |column| cell(column).parse::<Timestamp>().unwrap_or_default();
    let mut found = Vec::new();
    let mut hold = |column: Column, holds: bool, text: &str| {
        if !holds {
            found.push(Violation {
                column: Some(column),
                text: text.to_owned(),
            });
        }
    };
    let (start, end) = (
        moment(Column::ChargePeriodStart),
        moment(Column::ChargePeriodEnd),
    );
    hold(
        Column::ChargePeriodEnd,
        start < end,
        "is not after the period's start",
    );
    hold(
        Column::BillingPeriodStart,
        moment(Column::BillingPeriodStart) <= start && end <= moment(Column::BillingPeriodEnd),
        "the charge's period is not in the billing period",
    );
    let is_code =
        |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    hold(
        Column::BillingCurrency,
        is_code(cell(Column::BillingCurrency)),
        "is no ISO 4217 code",
    );
    let category = cell(Column::ChargeCategory);
    let billed: Decimal = cell(Column::BilledCost).parse().unwrap_or_default();
    hold(
        Column::BilledCost,
        category != "Credit" || billed <= Decimal::ZERO,
        "a credit is not positive",
    );
    let is_priced = matches!(category, "Usage" | "Purchase");
    for (quantity, unit) in [
        (Column::PricingQuantity, Column::PricingUnit),
        (Column::ConsumedQuantity, Column::ConsumedUnit),
    ] {
        hold(
            unit,
            cell(quantity).is_empty() == cell(unit).is_empty(),
            "stands with its quantity or not at all",
        );
    }
    hold(
        Column::PricingQuantity,
        is_priced != cell(Column::PricingQuantity).is_empty(),
        "is of usage and purchases, and of nothing else",
    );
    hold(
        Column::ConsumedQuantity,
        (category == "Usage") != cell(Column::ConsumedQuantity).is_empty(),
        "is of usage, and of nothing else",
    );
    found
}
