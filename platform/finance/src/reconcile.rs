//! The meter held to the bill, usage type by usage type.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::bill::Line;

/// Percent by which meter and bill may differ.
pub const TARGET_PERCENT: Decimal = Decimal::TWO;
/// Below so many US dollars of difference nobody reconciles: a percentage of nothing-much says
/// nothing.
pub const NEGLIGIBLE_USD: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// How a usage type came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Within [`TARGET_PERCENT`], or the difference is below [`NEGLIGIBLE_USD`].
    Within,
    /// Beyond it.
    Beyond,
    /// Billed, and no meter could measure it: by request, by gigabyte, or of no known object.
    NotMetered,
    /// Metered and not billed (yet).
    NotBilled,
}

/// One usage type over the days that both sides know.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Reconciled {
    /// As a bill shows it.
    pub usage_type: String,
    /// US dollars by the meter; `None` where it has none.
    #[schemars(with = "Option<String>")]
    pub metered: Option<Decimal>,
    /// US dollars by the bill; `None` where it has none.
    #[schemars(with = "Option<String>")]
    pub billed: Option<Decimal>,
    /// The meter's difference in percent of the bill; `None` where one side is missing or the bill
    /// is nothing.
    #[schemars(with = "Option<String>")]
    pub percent: Option<Decimal>,
    /// How it came out.
    pub agreement: Agreement,
}

/// Compares the meter's sums with a bill's usage of the same stack and the same whole days.
///
/// Give it days that are settled: of days that are estimated yet the bill has only a part.
#[must_use]
pub fn reconcile<'a>(
    metered: &BTreeMap<String, Decimal>,
    bill: impl IntoIterator<Item = &'a Line>,
) -> Vec<Reconciled> {
    let mut billed: BTreeMap<String, Decimal> = BTreeMap::new();
    let usage = bill.into_iter().filter(|line| {
        line.record.is_run_rate() && line.currency == "USD" && !line.usage_type.is_empty()
    });
    for line in usage {
        *billed.entry(line.usage_type.clone()).or_default() += line.unblended;
    }
    let usage_types: BTreeSet<&String> = metered.keys().chain(billed.keys()).collect();
    let each = usage_types.into_iter().map(|usage_type| {
        let (metered, billed) = (
            metered.get(usage_type).copied(),
            billed.get(usage_type).copied(),
        );
        let percent = metered.zip(billed).and_then(|(metered, billed)| {
            let share = (metered - billed).checked_div(billed.abs())?;
            Some((share * Decimal::ONE_HUNDRED).round_dp(2))
        });
        Reconciled {
            usage_type: usage_type.clone(),
            metered,
            billed,
            percent,
            agreement: agreement(metered, billed),
        }
    });
    each.collect()
}

fn agreement(metered: Option<Decimal>, billed: Option<Decimal>) -> Agreement {
    let (metered, billed) = match (metered, billed) {
        (None, _) => return Agreement::NotMetered,
        (Some(metered), None) if metered > NEGLIGIBLE_USD => return Agreement::NotBilled,
        (Some(metered), billed) => (metered, billed.unwrap_or_default()),
    };
    let difference = (metered - billed).abs();
    let allowed = billed.abs() * TARGET_PERCENT / Decimal::ONE_HUNDRED;
    match difference <= allowed || difference < NEGLIGIBLE_USD {
        true => Agreement::Within,
        false => Agreement::Beyond,
    }
}
