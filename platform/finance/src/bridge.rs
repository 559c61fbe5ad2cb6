//! From the budget to the forecast, step by step, so that somebody can say why.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// Why the figure moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The stack was estimated at more or less than its budget.
    Planned,
    /// Units cost other than was estimated.
    Price,
    /// What is billed by the hour ran for other hours, or in other numbers or sizes.
    Hours,
    /// Other amounts of what is billed by use.
    Usage,
    /// Usage types that nobody estimated.
    Unplanned,
    /// Credits and refunds.
    Credits,
    /// Tax.
    Tax,
    /// The forecast's own: what it expects beyond what the usage types say.
    Unexplained,
}

impl Why {
    /// The words of reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "estimate against budget",
            Self::Price => "prices",
            Self::Hours => "hours, numbers and sizes",
            Self::Usage => "usage",
            Self::Unplanned => "unplanned resources",
            Self::Credits => "credits",
            Self::Tax => "tax",
            Self::Unexplained => "not explained",
        }
    }
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// Why.
    pub why: Why,
    /// US dollars, positive where it gets dearer.
    #[schemars(with = "String")]
    pub usd: Decimal,
}

/// A quantity of a usage type in a month and what it comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amount {
    /// Units.
    pub quantity: Decimal,
    /// US dollars.
    pub usd: Decimal,
    /// Whether it is billed by the hour.
    pub by_hour: bool,
}

/// What a bridge leads between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ends {
    /// The month's budget, US dollars.
    pub budget: Decimal,
    /// The month's estimate by usage type.
    pub estimated: BTreeMap<String, Amount>,
    /// What the month comes to by usage type, without credits, refunds and tax.
    pub expected: BTreeMap<String, Amount>,
    /// Credits and refunds of the month, negative.
    pub credits: Decimal,
    /// Tax of the month.
    pub tax: Decimal,
    /// The forecast that is to be explained, with credits, refunds and tax.
    pub forecast: Decimal,
}

impl Ends {
    /// The steps, all eight, which sum to the forecast less the budget exactly: nothing is rounded.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let mut usd: BTreeMap<Why, Decimal> = BTreeMap::new();
        let estimate: Decimal = self.estimated.values().map(|amount| amount.usd).sum();
        usd.insert(Why::Planned, estimate - self.budget);
        let usage_types: BTreeSet<&String> =
            self.estimated.keys().chain(self.expected.keys()).collect();
        for usage_type in usage_types {
            let nothing = Amount::default();
            let is = self.expected.get(usage_type).unwrap_or(&nothing);
            match self.estimated.get(usage_type) {
                None => *usd.entry(Why::Unplanned).or_default() += is.usd,
                Some(was) => {
                    let volume = if was.by_hour { Why::Hours } else { Why::Usage };
                    let price = price(was, is);
                    *usd.entry(Why::Price).or_default() += price;
                    *usd.entry(volume).or_default() += is.usd - was.usd - price;
                }
            }
        }
        usd.insert(Why::Credits, self.credits);
        usd.insert(Why::Tax, self.tax);
        let explained: Decimal = usd.values().sum();
        usd.insert(Why::Unexplained, self.forecast - self.budget - explained);
        const ALL: [Why; 8] = [
            Why::Planned,
            Why::Price,
            Why::Hours,
            Why::Usage,
            Why::Unplanned,
            Why::Credits,
            Why::Tax,
            Why::Unexplained,
        ];
        let step = |why| Step {
            why,
            usd: usd.get(&why).copied().unwrap_or_default(),
        };
        ALL.map(step).to_vec()
    }
}

/// What the units that come to be cost more than estimated ones would, to ten decimals; the rest of
/// a difference is its volume's. Without units on either side there is no price to compare.
fn price(was: &Amount, is: &Amount) -> Decimal {
    let at_old_price = was
        .usd
        .checked_div(was.quantity)
        .filter(|_| !is.quantity.is_zero())
        .map(|unit| (unit * is.quantity).round_dp(10));
    at_old_price.map_or(Decimal::ZERO, |usd| is.usd - usd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(quantity: i64, cents: i64, by_hour: bool) -> Amount {
        Amount {
            quantity: Decimal::from(quantity),
            usd: Decimal::new(cents, 2),
            by_hour,
        }
    }

    #[test]
    fn each_cent_has_its_reason() {
        let of = |list: &[(&str, Amount)]| {
            let list = list.iter().cloned();
            list.map(|(name, amount)| (name.to_owned(), amount))
                .collect()
        };
        let ends = Ends {
            budget: Decimal::from(150),
            estimated: of(&[
                ("box", amount(730, 7300, true)),
                ("data", amount(10, 100, false)),
                ("gone", amount(10, 500, false)),
            ]),
            // Half the hours at twice the price, three times the data, and an address nobody planned.
            expected: of(&[
                ("box", amount(365, 7300, true)),
                ("data", amount(30, 300, false)),
                ("address", amount(730, 365, true)),
            ]),
            credits: Decimal::from(-20),
            tax: Decimal::from(9),
            forecast: Decimal::from(70),
        };
        let told: Vec<String> = ends
            .steps()
            .iter()
            .map(|step| format!("{:?} {}", step.why, step.usd.normalize()))
            .collect();
        assert_eq!(
            told,
            [
                "Planned -71",
                "Price 36.5",
                "Hours -36.5",
                "Usage -3",
                "Unplanned 3.65",
                "Credits -20",
                "Tax 9",
                "Unexplained 1.35",
            ]
        );
    }

    #[test]
    fn the_steps_always_sum_to_the_difference() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut any = move |below: i64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::try_from(state >> 1).expect("63 bits") % below
        };
        for _ in 0..2000 {
            let mut side = || {
                let each = (0..6).filter(|_| any(3) > 0).collect::<Vec<_>>();
                let each = each.into_iter().map(|of| {
                    let one = amount(any(1000), any(100_000) - 1000, any(2) == 0);
                    (format!("type {of}"), one)
                });
                each.collect::<BTreeMap<_, _>>()
            };
            let (estimated, expected) = (side(), side());
            let ends = Ends {
                budget: Decimal::new(any(100_000), 2),
                estimated,
                expected,
                credits: Decimal::new(-any(1000), 3),
                tax: Decimal::new(any(1000), 5),
                forecast: Decimal::new(any(100_000), 4),
            };
            let sum: Decimal = ends.steps().iter().map(|step| step.usd).sum();
            assert_eq!(ends.budget + sum, ends.forecast, "{ends:?}");
        }
    }
}
