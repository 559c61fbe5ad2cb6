//! What an account gets for nothing each month, whichever of its stacks uses it.

use rust_decimal::Decimal;

use super::item::Item;
use super::{Confidence, PriceBook};
use crate::address::Address;
use crate::usage::Quantity;

/// So many units a month that cost nothing. They are the account's, not the stack's, so they are
/// taken off only where the stack file says that nothing else uses them.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// What a reader calls it, for example `first 10 alarms of the account`.
    pub name: &'static str,
    /// Units.
    pub quantity: Decimal,
    /// The unit, that of the prices it applies to.
    pub unit: String,
    /// (service code, usage type without prefix) it applies to, in this order.
    pub of: Vec<(String, String)>,
    /// Where this was read.
    pub source: String,
}

impl Allowance {
    /// One line for each usage type it takes something off, priced as what was used.
    ///
    /// A unit counts at the price of the line that used it, the lines in the order of `used`; no
    /// more is taken off than was used.
    pub(super) fn taken_off(
        &self,
        used: &[(Address, Quantity)],
        book: &PriceBook,
        address: &Address,
    ) -> Vec<Item> {
        let mut left = self.quantity;
        let mut lines: Vec<Item> = Vec::new();
        for (service, usage_type) in &self.of {
            let of_type = used
                .iter()
                .filter(|(_, used)| used.service == service && used.usage_type == *usage_type);
            for (_, quantity) in of_type {
                let Ok(price) = book.price(quantity) else {
                    continue;
                };
                let free = quantity.quantity.min(left).max(Decimal::ZERO);
                if free.is_zero() || price.usd.is_zero() || price.unit != self.unit {
                    continue;
                }
                left -= free;
                let taken = Quantity {
                    component: self.name,
                    quantity: -free,
                    ..quantity.clone()
                };
                let mut line = Item::new(address, &taken, price);
                line.source.clone_from(&self.source);
                line.confidence = Confidence::High;
                match lines.iter_mut().find(|other| {
                    other.usage_type == line.usage_type && other.unit_usd == line.unit_usd
                }) {
                    Some(other) => {
                        other.quantity += line.quantity;
                        other.monthly_usd += line.monthly_usd;
                    }
                    None => lines.push(line),
                }
            }
        }
        lines
    }
}
