//! One line of a bill.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a charge is, in Cost Explorer's `RECORD_TYPE`s.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Record {
    /// On-demand usage, and usage that a Savings Plan or reservation covers: the run rate.
    Usage,
    /// Money that AWS gives, negative.
    Credit,
    /// Money that AWS gives back, negative.
    Refund,
    /// Tax.
    Tax,
    /// Anything else, in AWS's words: fees, discounts, negations of Savings Plans. Part of the run
    /// rate, since it is charged for what runs.
    Other(String),
}

impl Record {
    /// AWS's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Usage => "Usage",
            Self::Credit => "Credit",
            Self::Refund => "Refund",
            Self::Tax => "Tax",
            Self::Other(word) => word,
        }
    }

    /// Whether it is part of what a month of the same use costs again.
    #[must_use]
    pub const fn is_run_rate(&self) -> bool {
        matches!(self, Self::Usage | Self::Other(_))
    }
}

impl From<String> for Record {
    fn from(word: String) -> Self {
        match word.as_str() {
            "Usage" => Self::Usage,
            "Credit" => Self::Credit,
            "Refund" => Self::Refund,
            "Tax" => Self::Tax,
            _ => Self::Other(word),
        }
    }
}

impl From<Record> for String {
    fn from(record: Record) -> Self {
        record.as_str().to_owned()
    }
}

/// What one usage type of one stack came to on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// UTC's day.
    pub day: Date,
    /// As Cost Explorer names it, `Amazon Elastic Load Balancing`; `None` where the answer did not
    /// say and the usage type is not one service's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// As a bill shows it, with the region's prefix; empty for charges that have none.
    pub usage_type: String,
    /// The value of the cost-allocation tag; `None` where the charge has none, so that nobody can
    /// say which stack it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// What it is.
    pub record: Record,
    /// What is charged, in `currency`; negative for what is given.
    pub unblended: Decimal,
    /// The same with one-time payments spread over what they are for.
    pub amortized: Decimal,
    /// Units.
    pub quantity: Decimal,
    /// AWS's word for the unit, `Hrs`; empty where quantities of several were added up.
    pub unit: String,
    /// `USD`.
    pub currency: String,
    /// Whether AWS says the figure may still move.
    pub estimated: bool,
}

impl Line {
    /// What it cost; `None` of credits, refunds, tax and other currencies.
    #[must_use]
    pub fn cost(&self) -> Option<super::Cost<'_>> {
        let is_cost = self.record.is_run_rate() && self.currency == "USD";
        is_cost.then_some(super::Cost {
            day: self.day,
            stack: self.stack.as_deref(),
            usage_type: &self.usage_type,
            usd: self.unblended,
        })
    }
}
