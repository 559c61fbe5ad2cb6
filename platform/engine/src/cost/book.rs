//! Prices of one region, each with where it is from.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Allowance;
use crate::usage::Quantity;

/// How sure a price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Inferred: from another region, or by a ratio.
    Low,
    /// Read once, or years ago.
    Medium,
    /// Read from a price list or a bill.
    High,
}

impl Confidence {
    /// The word of price files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What identifies a price within a region: usage types alone repeat over services, and one usage
/// type can have a price for each engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PriceKey {
    /// Service code, for example `AmazonECS`.
    pub service: String,
    /// Usage type without the region's prefix.
    pub usage_type: String,
    /// Engine or edition; empty where one price holds for all.
    pub tier: String,
}

/// What one unit costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Price {
    /// The unit, for example `vCPU-hour`.
    pub unit: String,
    /// US dollars a unit, on demand, before tax.
    #[serde(serialize_with = "super::money::as_number")]
    pub usd: Decimal,
    /// The usage type as a bill shows it, with the region's prefix.
    pub billed_as: String,
    /// Where the price was read.
    pub source: String,
    /// The day it was read or published; `None` where the source does not say.
    pub as_of: Option<Date>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// Why a quantity has no price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Priceless {
    /// The book has no such entry.
    #[error("the price book of {region} has no {service} {usage_type}{}{tier}", if tier.is_empty() { "" } else { ", " })]
    Missing {
        /// The book's region.
        region: String,
        /// Service code.
        service: String,
        /// Usage type.
        usage_type: String,
        /// Engine or edition, may be empty.
        tier: String,
    },
    /// The book counts it in another unit.
    #[error("{usage_type} is priced by the {priced}, and counted by the {counted}")]
    Unit {
        /// Usage type.
        usage_type: String,
        /// The book's unit.
        priced: String,
        /// The kind's unit.
        counted: String,
    },
}

/// Prices of one region, those without a region among them.
#[derive(Clone, Debug, Default)]
pub struct PriceBook {
    region: String,
    prices: BTreeMap<PriceKey, Price>,
    allowances: Vec<Allowance>,
}

impl PriceBook {
    /// A book of these prices; of two with one key the later holds.
    #[must_use]
    pub fn new(
        region: impl Into<String>,
        prices: impl IntoIterator<Item = (PriceKey, Price)>,
        allowances: Vec<Allowance>,
    ) -> Self {
        Self {
            region: region.into(),
            prices: prices.into_iter().collect(),
            allowances,
        }
    }

    /// The region the prices are of.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// All prices, ordered by key.
    pub fn prices(&self) -> impl Iterator<Item = (&PriceKey, &Price)> {
        self.prices.iter()
    }

    /// What an account gets for nothing each month.
    #[must_use]
    pub fn allowances(&self) -> &[Allowance] {
        &self.allowances
    }

    /// The price of a quantity: that of its engine, else the one that holds for every engine.
    ///
    /// # Errors
    /// There is none, or it is in another unit.
    pub fn price(&self, of: &Quantity) -> Result<&Price, Priceless> {
        let key = |tier: &str| PriceKey {
            service: of.service.to_owned(),
            usage_type: of.usage_type.clone(),
            tier: tier.to_owned(),
        };
        let price = self.prices.get(&key(of.tier));
        let Some(price) = price.or_else(|| self.prices.get(&key(""))) else {
            return Err(Priceless::Missing {
                region: self.region.clone(),
                service: of.service.to_owned(),
                usage_type: of.usage_type.clone(),
                tier: of.tier.to_owned(),
            });
        };
        if price.unit != of.unit {
            return Err(Priceless::Unit {
                usage_type: of.usage_type.clone(),
                priced: price.unit.clone(),
                counted: of.unit.to_owned(),
            });
        }
        Ok(price)
    }
}
