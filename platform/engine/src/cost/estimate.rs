//! Quantities of every node, times prices.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::PriceBook;
use super::item::{Estimate, Item, Unpriced};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::reference::references;
use crate::resource::{Catalog, Outputs, find_kind};
use crate::usage::{Assumptions, Quantity, Running, Usage};

/// A quantity that no object has by itself, under an address such as `stack.data_out`.
pub type Beside = (Address, Quantity);

/// What is to be priced.
pub struct Bill<'a, C: Cloud> {
    /// The kinds.
    pub catalog: Catalog<C>,
    /// Normalised properties by address; references may be unresolved.
    pub nodes: &'a BTreeMap<Address, Value>,
    /// Outputs of the nodes that exist: an id in place of a reference is looked up here.
    pub known: &'a BTreeMap<Address, Outputs>,
    /// Quantities beside the nodes.
    pub beside: &'a [Beside],
    /// Nodes that another budget pays for.
    pub not_counted: &'a BTreeSet<Address>,
    /// What a month looks like.
    pub assumptions: &'a Assumptions,
    /// Whether nothing else in the account uses its free tier.
    pub free_tier: bool,
    /// Prices.
    pub book: &'a PriceBook,
}

/// Where the free tier's lines stand.
const FREE_TIER: &str = "stack.free_tier";

/// What the nodes cost a month.
#[must_use]
pub fn estimate<C: Cloud>(bill: &Bill<'_, C>) -> Estimate {
    let mut out = Estimate::default();
    let mut used: Vec<(Address, Quantity)> = Vec::new();
    let counted = bill.nodes.iter();
    for (address, properties) in counted.filter(|(address, _)| !bill.not_counted.contains(*address))
    {
        match quantities(bill, address, properties) {
            Ok(quantities) => {
                used.extend(quantities.into_iter().map(|one| (address.clone(), one)));
            }
            Err(unpriced) => out.unpriced.push(unpriced),
        }
    }
    used.extend(bill.beside.iter().cloned());
    used.retain(|(_, quantity)| !quantity.quantity.is_zero());
    for (address, quantity) in &used {
        match bill.book.price(quantity) {
            Ok(price) => out.items.push(Item::new(address, quantity, price)),
            Err(why) => out.unpriced.push(Unpriced {
                address: address.clone(),
                component: quantity.component.to_owned(),
                quantity: quantity.quantity,
                unit: quantity.unit.to_owned(),
                usage_type: quantity.usage_type.clone(),
                why: why.to_string(),
            }),
        }
    }
    if bill.free_tier
        && let Ok(address) = Address::parse(FREE_TIER)
    {
        for allowance in bill.book.allowances() {
            let taken_off = allowance.taken_off(&used, bill.book, &address);
            out.items.extend(taken_off);
        }
    }
    out
}

/// What one node uses in the time that is assumed, before any price.
///
/// # Errors
/// Its kind cannot say; the whole node then has no price.
pub fn quantities<C: Cloud>(
    bill: &Bill<'_, C>,
    address: &Address,
    properties: &Value,
) -> Result<Vec<Quantity>, Unpriced> {
    let unpriced = |component: &str, quantity, why: String| Unpriced {
        address: address.clone(),
        component: component.to_owned(),
        quantity,
        unit: String::new(),
        usage_type: String::new(),
        why,
    };
    let everything = |why| unpriced("everything", Decimal::ONE, why);
    let kind = find_kind(bill.catalog, address.kind())
        .ok_or_else(|| everything(format!("`{}` is no kind", address.kind())))?;
    match kind.usage(properties, bill.assumptions) {
        Err(why) => Err(everything(why)),
        Ok(Usage::Free) => Ok(Vec::new()),
        Ok(Usage::Metered(quantities)) => Ok(quantities),
        Ok(Usage::Running(running)) => {
            let of = run_by(bill, &running).map_err(|why| unpriced("tasks", running.hours, why))?;
            Ok([of, running.beside].concat())
        }
    }
}

/// What so many hours of the object that `running` refers to use.
fn run_by<C: Cloud>(bill: &Bill<'_, C>, running: &Running) -> Result<Vec<Quantity>, String> {
    if running.hours.is_zero() {
        return Ok(Vec::new());
    }
    let text = Value::from(running.of.clone());
    let referred = references(&text).into_iter().next();
    let address = match referred {
        Some(reference) => Some(reference.address),
        None => bill
            .known
            .iter()
            .find(|(_, outputs)| outputs.values().any(|output| *output == running.of))
            .map(|(address, _)| address.clone()),
    };
    let found = address.as_ref().and_then(|address| {
        let kind = find_kind(bill.catalog, address.kind())?;
        Some((kind, bill.nodes.get(address)?))
    });
    let Some((kind, properties)) = found else {
        return Err(format!(
            "it runs {}, which is no object of the stack",
            running.of
        ));
    };
    kind.running(properties, running.hours, &running.way)
}
