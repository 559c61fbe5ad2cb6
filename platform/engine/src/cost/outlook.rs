//! What is assumed of a month, and the estimates that follow: as few, as many and as large as is
//! expected.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::estimate::{Beside, Bill, estimate};
use super::item::Estimate;
use super::{PriceBook, money};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::resource::{Catalog, Outputs};
use crate::usage::Assumptions;

/// Where an assumption is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Nobody said otherwise.
    Default,
    /// The stack file says it.
    StackFile,
}

impl Source {
    /// The words of reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::StackFile => "stack file",
        }
    }
}

/// One assumption, for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// What it is about, a key of the stack file's `usage` or a word like `hours`.
    pub name: String,
    /// What is assumed, with its unit.
    pub value: String,
    /// Who says so.
    pub source: Source,
}

/// What is assumed of a stack's month.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// With as few tasks as scaling allows.
    pub low: Assumptions,
    /// As it is expected: what budgets are held to.
    pub expected: Assumptions,
    /// With as many tasks as scaling allows, all month.
    pub high: Assumptions,
    /// Quantities that no object has by itself.
    pub beside: Vec<Beside>,
    /// Nodes that another budget pays for.
    pub not_counted: BTreeSet<Address>,
    /// Whether nothing else in the account uses its free tier.
    pub free_tier: bool,
    /// Hours the stack lives for, where it is not to stay: the estimate is of that time then.
    pub life_hours: Option<Decimal>,
    /// Calls that callers make in that time, where somebody says so: what a call costs follows.
    pub calls: Option<Decimal>,
    /// All of it in words.
    pub assumed: Vec<Assumed>,
}

/// The expected estimate with its bounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outlook {
    /// As expected.
    #[serde(flatten)]
    pub expected: Estimate,
    /// US dollars with as few tasks as scaling allows.
    #[serde(serialize_with = "money::as_number")]
    pub low_usd: Decimal,
    /// US dollars with as many tasks as scaling allows, all month.
    #[serde(serialize_with = "money::as_number")]
    pub high_usd: Decimal,
}

/// Prices the nodes under a scenario.
#[must_use]
pub fn outlook<C: Cloud>(
    catalog: Catalog<C>,
    nodes: &BTreeMap<Address, Value>,
    known: &BTreeMap<Address, Outputs>,
    scenario: &Scenario,
    book: &PriceBook,
) -> Outlook {
    let with = |assumptions: &Assumptions| {
        estimate(&Bill {
            catalog,
            nodes,
            known,
            beside: &scenario.beside,
            not_counted: &scenario.not_counted,
            assumptions,
            free_tier: scenario.free_tier,
            book,
        })
    };
    Outlook {
        expected: with(&scenario.expected),
        low_usd: with(&scenario.low).monthly_usd(),
        high_usd: with(&scenario.high).monthly_usd(),
    }
}
