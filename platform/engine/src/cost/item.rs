//! The lines of an estimate.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::book::{Confidence, Price};
use super::money::{as_line, as_number, cents};
use crate::address::Address;
use crate::usage::Quantity;

/// One line: a quantity and its price.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Whose. What no object has by itself is under `stack.…`.
    pub address: Address,
    /// What of it.
    pub component: &'static str,
    /// Units a month; negative where the account's free tier takes off.
    #[serde(serialize_with = "as_number")]
    pub quantity: Decimal,
    /// The unit.
    pub unit: String,
    /// US dollars a unit.
    #[serde(serialize_with = "as_number")]
    pub unit_usd: Decimal,
    /// US dollars a month, exact; four decimals in JSON.
    #[serde(serialize_with = "as_line")]
    pub monthly_usd: Decimal,
    /// As a bill shows it, with the region's prefix.
    pub usage_type: String,
    /// Where the price was read.
    pub source: String,
    /// When, where the source says so.
    pub as_of: Option<Date>,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Item {
    pub(super) fn new(address: &Address, of: &Quantity, price: &Price) -> Self {
        Self {
            address: address.clone(),
            component: of.component,
            quantity: of.quantity,
            unit: price.unit.clone(),
            unit_usd: price.usd,
            monthly_usd: of.quantity * price.usd,
            usage_type: price.billed_as.clone(),
            source: price.source.clone(),
            as_of: price.as_of,
            confidence: price.confidence,
        }
    }
}

/// A quantity that has no price: not in any total, so always shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unpriced {
    /// Whose.
    pub address: Address,
    /// What of it.
    pub component: String,
    /// Units a month.
    #[serde(serialize_with = "as_number")]
    pub quantity: Decimal,
    /// The unit.
    pub unit: String,
    /// Usage type without the region's prefix.
    pub usage_type: String,
    /// Why there is no price.
    pub why: String,
}

/// What a graph costs a month, or in its life where it lives for less.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Lines, ordered by address, as the kinds name them; then what the free tier takes off.
    pub items: Vec<Item>,
    /// What has no price.
    pub unpriced: Vec<Unpriced>,
}

impl Estimate {
    /// The exact sum of the lines.
    #[must_use]
    pub fn exact_usd(&self) -> Decimal {
        self.items.iter().map(|item| item.monthly_usd).sum()
    }

    /// The sum of the lines, rounded once, to the cent.
    #[must_use]
    pub fn monthly_usd(&self) -> Decimal {
        cents(self.exact_usd())
    }

    /// The exact sum of one address's lines.
    #[must_use]
    pub fn of(&self, address: &Address) -> Decimal {
        let own = self.items.iter().filter(|item| item.address == *address);
        own.map(|item| item.monthly_usd).sum()
    }

    /// The dearest lines, dearest first.
    #[must_use]
    pub fn largest(&self, count: usize) -> Vec<&Item> {
        let mut items: Vec<&Item> = self.items.iter().collect();
        items.sort_by_key(|item| Reverse(item.monthly_usd));
        items.truncate(count);
        items
    }
}
