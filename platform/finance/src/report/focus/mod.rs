//! FOCUS 1.2, the FinOps Foundation's columns for bills: a row a billed line.
//!
//! Only what AWS billed is a charge; the meter and estimates are in no row. Columns of our own begin with `x_`. What a version of the
//! specification calls its columns is in [`column`] alone; [`check`] holds rows to it before they are written.

mod check;
mod column;
mod service;

pub use check::{Violation, check};
pub use column::Column;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;

use super::Report;
use crate::bill::{Line, Record};
use service::{category, region, service, subcategory};

/// A row, as texts in the order of [`Column::ALL`]; empty is null.
pub type Row = Vec<String>;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum NotFocus {
    /// A row is not what the specification says.
    #[error("row {row} of the bill is no FOCUS: {violation}")]
    Violation {
        /// Counted from 1, the heading not included.
        row: usize,
        /// What is wrong.
        violation: Violation,
    },
    /// The rows cannot be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// The billed lines of a report in US dollars; those in other currencies too, each with its own.
///
/// # Errors
/// A row violates the specification, which is a defect of what the bill was read from.
pub fn focus(report: &Report) -> Result<String, NotFocus> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Column::ALL.map(Column::name))?;
    for (index, line) in report.lines.iter().enumerate() {
        let row = row(report, line);
        if let Some(violation) = check(&row).into_iter().next() {
            return Err(NotFocus::Violation {
                row: index + 1,
                violation,
            });
        }
        writer.write_record(&row)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|err| csv::Error::from(err.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One line of the bill.
fn row(report: &Report, line: &Line) -> Row {
    Column::ALL
        .map(|column| cell(column, report, line))
        .to_vec()
}

fn cell(column: Column, report: &Report, line: &Line) -> String {
    let is_usage = matches!(kind(line), Kind::Usage | Kind::Purchase);
    let stack = line.stack.as_deref();
    let own = report
        .stacks
        .iter()
        .find(|one| Some(one.stack.as_str()) == stack);
    let of_usage = |text: String| if is_usage { text } else { String::new() };
    match column {
        // Without unit prices FOCUS has list and contracted cost equal the billed one.
        Column::BilledCost | Column::ContractedCost | Column::ListCost => {
            line.unblended.normalize().to_string()
        }
        Column::EffectiveCost => line.amortized.normalize().to_string(),
        Column::BillingAccountId | Column::SubAccountId => report.account_id.clone(),
        // Cost Explorer knows no invoices.
        Column::BillingAccountName | Column::ChargeClass | Column::InvoiceId => String::new(),
        Column::BillingCurrency => line.currency.clone(),
        Column::BillingPeriodStart => moment(line.day.first_of_month()),
        Column::BillingPeriodEnd => moment(next_month(line.day)),
        Column::ChargeCategory => kind(line).as_str().to_owned(),
        Column::ChargeDescription => match line.usage_type.as_str() {
            "" => line.record.as_str().to_owned(),
            usage_type => format!("{} {usage_type}", service(line)),
        },
        Column::ChargeFrequency => match kind(line) {
            Kind::Usage => "Usage-Based",
            Kind::Purchase => "Recurring",
            _ => "One-Time",
        }
        .to_owned(),
        Column::ChargePeriodStart => moment(line.day),
        Column::ChargePeriodEnd => moment(line.day.tomorrow().unwrap_or(line.day)),
        Column::PricingQuantity | Column::ConsumedQuantity => match (column, kind(line)) {
            (Column::ConsumedQuantity, Kind::Purchase) => String::new(),
            _ => of_usage(quantity(line.quantity)),
        },
        Column::PricingUnit | Column::ConsumedUnit => match (column, kind(line)) {
            (Column::ConsumedUnit, Kind::Purchase) => String::new(),
            _ => of_usage(unit(&line.unit).to_owned()),
        },
        Column::InvoiceIssuerName | Column::ProviderName | Column::PublisherName => {
            "AWS".to_owned()
        }
        Column::RegionId => {
            region(&line.usage_type).map_or_else(String::new, |(id, _)| id.to_owned())
        }
        Column::RegionName => {
            region(&line.usage_type).map_or_else(String::new, |(_, name)| name.to_owned())
        }
        Column::ServiceName => service(line).to_owned(),
        Column::ServiceCategory => category(service(line)).to_owned(),
        Column::ServiceSubcategory => subcategory(category(service(line))),
        Column::Tags => stack.map_or_else(String::new, |stack| {
            json!({"bella:stack": stack}).to_string()
        }),
        Column::CostBasis => "actual".to_owned(),
        Column::Stack => guard(stack.unwrap_or_default()),
        Column::Environment => own.map_or_else(String::new, |one| guard(&one.environment)),
        Column::Owner => own.map_or_else(String::new, |one| guard(&one.owner)),
        Column::CostCenter => own.map_or_else(String::new, |one| guard(&one.cost_center)),
        Column::UsageType => guard(&line.usage_type),
        Column::Estimated => line.estimated.to_string(),
    }
}

fn guard(text: &str) -> String {
    super::guarded(text)
}

/// FOCUS's categories of a charge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usage,
    Purchase,
    Tax,
    Credit,
    Adjustment,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::Purchase => "Purchase",
            Self::Tax => "Tax",
            Self::Credit => "Credit",
            Self::Adjustment => "Adjustment",
        }
    }
}

fn kind(line: &Line) -> Kind {
    match &line.record {
        Record::Usage => Kind::Usage,
        Record::Credit => Kind::Credit,
        Record::Tax => Kind::Tax,
        Record::Other(word) if word.contains("Fee") => Kind::Purchase,
        Record::Refund | Record::Other(_) => Kind::Adjustment,
    }
}

/// A quantity with a decimal point, so that a reader who guesses types sees a decimal.
fn quantity(quantity: Decimal) -> String {
    let quantity = quantity.normalize();
    match quantity.scale() {
        0 => format!("{quantity}.0"),
        _ => quantity.to_string(),
    }
}

/// The start of a UTC day, as FOCUS writes moments.
fn moment(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

fn next_month(day: Date) -> Date {
    let last = day.last_of_month();
    last.tomorrow().unwrap_or(last)
}

/// AWS's unit in FOCUS's words.
fn unit(unit: &str) -> &str {
    match unit {
        "Hrs" | "hours" | "Hours" => "Hours",
        "GB-Mo" => "GB-Months",
        "" | "N/A" => "Units",
        other => other,
    }
}
