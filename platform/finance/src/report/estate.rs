//! Sums over stacks.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::StackLine;

/// Sums over the stacks of a report, US dollars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Estate {
    /// How many stacks.
    pub stacks: usize,
    /// Budgets.
    #[schemars(with = "String")]
    pub budget_usd: Decimal,
    /// Estimates of the month.
    #[schemars(with = "String")]
    pub estimate_usd: Decimal,
    /// Accrued by the meter.
    #[schemars(with = "String")]
    pub accrued_usd: Decimal,
    /// Billed so far; `None` where any stack's bill is not known.
    #[schemars(with = "Option<String>")]
    pub billed_usd: Option<Decimal>,
    /// Forecasts.
    #[schemars(with = "String")]
    pub forecast_usd: Decimal,
}

impl Estate {
    /// The sums of lines.
    #[must_use]
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a StackLine>) -> Self {
        let mut out = Self {
            billed_usd: Some(Decimal::ZERO),
            ..Self::default()
        };
        for line in lines {
            out.stacks += 1;
            out.budget_usd += line.budget_usd;
            out.estimate_usd += line.estimate_usd;
            out.accrued_usd += line.accrued_usd;
            out.billed_usd = out
                .billed_usd
                .zip(line.billed_usd)
                .map(|(sum, one)| sum + one);
            out.forecast_usd += line.forecast_usd;
        }
        out
    }

    /// Budget less forecast: what is positive is left over.
    #[must_use]
    pub fn variance_usd(&self) -> Decimal {
        self.budget_usd - self.forecast_usd
    }
}
