//! Whether an estimate is within a budget.

use rust_decimal::Decimal;

/// What a stack may cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// US dollars a month.
    pub monthly_usd: Decimal,
    /// Percentages of it at which somebody is told, rising.
    pub alert_at: Vec<u32>,
}

/// What the budget says to an estimate.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Below every percentage that somebody wants to hear of.
    Within,
    /// Within, and past the highest of those percentages that it reached.
    Near {
        /// The percentage.
        percent: u32,
    },
    /// Over.
    Over {
        /// By so many US dollars a month.
        by_usd: Decimal,
    },
}

impl Budget {
    /// Holds an estimate, in US dollars a month rounded to the cent, to the budget. The budget
    /// itself is within.
    #[must_use]
    pub fn verdict(&self, monthly_usd: Decimal) -> Verdict {
        if monthly_usd > self.monthly_usd {
            return Verdict::Over {
                by_usd: monthly_usd - self.monthly_usd,
            };
        }
        let reached = |percent: &&u32| {
            **percent <= 100
                && monthly_usd * Decimal::ONE_HUNDRED >= self.monthly_usd * Decimal::from(**percent)
        };
        match self.alert_at.iter().filter(reached).max() {
            Some(percent) => Verdict::Near { percent: *percent },
            None => Verdict::Within,
        }
    }
}
