//! Totals of lines, with what is no run rate apart.

use std::borrow::Borrow;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Line, Record};

/// What lines in US dollars add up to. Lines in other currencies are in none of the figures;
/// reading an answer reports them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sums {
    /// What a month of the same use would cost again: no credit, refund or tax.
    #[schemars(with = "String")]
    pub run_rate: Decimal,
    /// The run rate with one-time payments spread.
    #[schemars(with = "String")]
    pub amortized: Decimal,
    /// Credits, negative.
    #[schemars(with = "String")]
    pub credits: Decimal,
    /// Refunds, negative.
    #[schemars(with = "String")]
    pub refunds: Decimal,
    /// Tax.
    #[schemars(with = "String")]
    pub tax: Decimal,
    /// Whether any of it may still move.
    pub estimated: bool,
}

impl Sums {
    /// What is to be paid.
    #[must_use]
    pub fn net(&self) -> Decimal {
        self.run_rate + self.credits + self.refunds + self.tax
    }
}

impl<L: Borrow<Line>> FromIterator<L> for Sums {
    fn from_iter<I: IntoIterator<Item = L>>(lines: I) -> Self {
        let mut sums = Self::default();
        for line in lines {
            let line = line.borrow();
            if line.currency != "USD" {
                continue;
            }
            sums.estimated |= line.estimated;
            match line.record {
                Record::Credit => sums.credits += line.unblended,
                Record::Refund => sums.refunds += line.unblended,
                Record::Tax => sums.tax += line.unblended,
                Record::Usage | Record::Other(_) => {
                    sums.run_rate += line.unblended;
                    sums.amortized += line.amortized;
                }
            }
        }
        sums
    }
}
