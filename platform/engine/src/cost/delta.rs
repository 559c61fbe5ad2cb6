//! What each line of a plan changes, a month.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::estimate::{Bill, estimate};
use super::item::Estimate;
use super::{PriceBook, Scenario};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::live::Live;
use crate::plan::{Action, Plan};
use crate::resource::{Catalog, Outputs};

/// US dollars a month that each change adds, negative for what it saves, in the plan's order.
///
/// `after` is the estimate of what is wanted. What is there is priced under the same assumptions,
/// by what the listing saw. What an allowance takes off is in no line: it belongs to none.
#[must_use]
pub fn deltas<C: Cloud>(
    catalog: Catalog<C>,
    plan: &Plan,
    live: &Live,
    after: &Estimate,
    scenario: &Scenario,
    book: &PriceBook,
) -> Vec<Decimal> {
    let before = before(catalog, plan, live, scenario, book);
    plan.changes
        .iter()
        .map(|change| match change.action {
            Action::Create => after.of(&change.address),
            Action::Delete => -before.of(&change.address),
            Action::Update | Action::Replace | Action::Move | Action::Adopt => {
                after.of(&change.address) - before.of(&change.address)
            }
        })
        .collect()
}

/// What exists, under the addresses that the plan's changes give it.
fn before<C: Cloud>(
    catalog: Catalog<C>,
    plan: &Plan,
    live: &Live,
    scenario: &Scenario,
    book: &PriceBook,
) -> Estimate {
    let mut nodes = BTreeMap::new();
    let mut known: BTreeMap<Address, Outputs> = BTreeMap::new();
    for object in &live.objects {
        let Some(properties) = &object.props else {
            continue;
        };
        let change = plan
            .changes
            .iter()
            .find(|change| change.kind == object.kind && change.id.as_ref() == Some(&object.id));
        let address = change.map_or(&object.address, |change| &change.address);
        nodes.insert(address.clone(), properties.clone());
        known.insert(address.clone(), object.outputs.clone());
    }
    estimate(&Bill {
        catalog,
        nodes: &nodes,
        known: &known,
        beside: &[],
        not_counted: &scenario.not_counted,
        assumptions: &scenario.expected,
        free_tier: false,
        book,
    })
}
