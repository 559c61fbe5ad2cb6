//! What resting saves, and what is billed on.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::item::Estimate;
use super::money::as_line;
use crate::address::Address;

/// A part of a stack, with US dollars a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Whose.
    pub address: Address,
    /// What of it.
    pub component: &'static str,
    /// US dollars a month.
    #[serde(serialize_with = "as_line")]
    pub monthly_usd: Decimal,
}

/// An estimate of a stack that rests beside one of the same stack that does not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Standing {
    /// What resting saves, US dollars a month.
    #[serde(serialize_with = "as_line")]
    pub saved_usd: Decimal,
    /// The same by part, most first.
    pub saved: Vec<Part>,
    /// What is billed by time and costs as much as if the stack never rested, most first.
    pub billed_on: Vec<Part>,
}

impl Standing {
    /// What is billed on in all, US dollars a month.
    #[must_use]
    pub fn billed_on_usd(&self) -> Decimal {
        self.billed_on.iter().map(|part| part.monthly_usd).sum()
    }
}

/// Compares the two, line by line.
#[must_use]
pub fn standing(always: &Estimate, resting: &Estimate) -> Standing {
    let rests: BTreeMap<(&Address, &str), Decimal> = resting
        .items
        .iter()
        .map(|item| ((&item.address, item.component), item.monthly_usd))
        .collect();
    let mut standing = Standing::default();
    for item in &always.items {
        let least = rests.get(&(&item.address, item.component));
        let saved = item.monthly_usd - least.copied().unwrap_or_default();
        let part = |monthly_usd| Part {
            address: item.address.clone(),
            component: item.component,
            monthly_usd,
        };
        // What costs by use, such as requests, is neither stopped nor standing.
        let by_time = item.unit.ends_with("hour") || item.unit.ends_with("month");
        if !saved.is_zero() {
            standing.saved_usd += saved;
            standing.saved.push(part(saved));
        } else if by_time && item.monthly_usd > Decimal::ZERO {
            standing.billed_on.push(part(item.monthly_usd));
        }
    }
    for parts in [&mut standing.saved, &mut standing.billed_on] {
        parts.sort_by_key(|part| Reverse(part.monthly_usd));
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::{Confidence, Item};

    fn estimate(lines: &[(&str, &'static str, &str, i64)]) -> Estimate {
        let items = lines.iter().map(|(address, component, unit, cents)| Item {
            address: Address::parse(address).expect("an address"),
            component,
            quantity: Decimal::ONE,
            unit: (*unit).to_owned(),
            unit_usd: Decimal::ONE,
            monthly_usd: Decimal::new(*cents, 2),
            usage_type: String::new(),
            source: String::new(),
            as_of: None,
            confidence: Confidence::High,
        });
        Estimate {
            items: items.collect(),
            unpriced: Vec::new(),
        }
    }

    #[test]
    fn what_rests_saves_and_what_stands_is_billed_on() {
        let lines = |hours: i64| {
            estimate(&[
                ("db_instance.main", "database", "hour", 3 * hours),
                ("db_instance.main", "database storage", "GB-month", 254),
                ("ecs_service.service", "vCPU", "vCPU-hour", 5 * hours),
                ("load_balancer.public", "load balancer", "hour", 1807),
                ("stack.data_out", "data out", "GB", 180),
            ])
        };
        let standing = standing(&lines(100), &lines(36));
        let parts = |parts: &[Part]| -> Vec<String> {
            let told = parts
                .iter()
                .map(|part| format!("{} {} {}", part.address, part.component, part.monthly_usd));
            told.collect()
        };
        assert_eq!(standing.saved_usd, Decimal::new(512, 2));
        assert_eq!(
            parts(&standing.saved),
            [
                "ecs_service.service vCPU 3.20",
                "db_instance.main database 1.92"
            ]
        );
        assert_eq!(
            parts(&standing.billed_on),
            [
                "load_balancer.public load balancer 18.07",
                "db_instance.main database storage 2.54"
            ]
        );
        assert_eq!(standing.billed_on_usd(), Decimal::new(2061, 2));
    }
}
