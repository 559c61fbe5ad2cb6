//! The whole account's bill, and what it cost to ask for it.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::bill::Sums;

/// What the account was billed in the month so far.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Account {
    /// All of it.
    pub sums: Sums,
    /// The run rate that no stack's tag is on.
    #[schemars(with = "String")]
    pub untagged_usd: Decimal,
    /// The same in percent of the run rate; `None` where that is nothing.
    #[schemars(with = "Option<String>")]
    pub untagged_percent: Option<Decimal>,
}

/// Requests to Cost Explorer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Asking {
    /// For this report.
    pub requests: u32,
    /// In the last 24 hours, those among them.
    pub in_a_day: usize,
    /// What those in the last 24 hours cost, US dollars.
    #[schemars(with = "String")]
    pub usd: Decimal,
}
