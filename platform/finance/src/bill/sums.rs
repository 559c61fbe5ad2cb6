//! Totals of lines, with what is no run rate apart.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Line, Record};

/// What lines in US dollars add up to. Lines in other currencies are in none of the figures;
/// reading an answer reports them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// What a month of the same use would cost again: no credit, refund or tax.
    pub run_rate: Decimal,
    /// The run rate with one-time payments spread.
    pub amortized: Decimal,
    /// Credits, negative.
    pub credits: Decimal,
    /// Refunds, negative.
    pub refunds: Decimal,
    /// Tax.
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

impl<'a> FromIterator<&'a Line> for Sums {
    fn from_iter<I: IntoIterator<Item = &'a Line>>(lines: I) -> Self {
        let mut sums = Self::default();
        for line in lines.into_iter().filter(|line| line.currency == "USD") {
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
