//! From a stack, its graph and its plan to what rules see.

use std::collections::BTreeMap;

use bella_engine::cost::{cents, number};
use bella_engine::graph::Graph;
use bella_engine::plan::{Action, Plan};
use bella_engine::reference::{Reference, resolve};
use bella_engine::resource::Tags;
use bella_stack::Stack;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::document::{Changing, Cost, Document, Operation, Wanted};
use crate::moment::{BUSINESS_ZONE, Moment};
use crate::unknown::marked;

/// The variable of the service that names the zone of its business hours.
const ZONE: &str = "BUSINESS_TIMEZONE";

/// The actions that a summary counts, each also where there is none.
const ACTIONS: [(&str, Action); 6] = [
    ("create", Action::Create),
    ("update", Action::Update),
    ("replace", Action::Replace),
    ("delete", Action::Delete),
    ("move", Action::Move),
    ("adopt", Action::Adopt),
];

/// What a document is made from.
pub struct Facts<'a> {
    /// The stack file.
    pub stack: &'a Stack,
    /// Tags that every object carries.
    pub tags: &'a Tags,
    /// What the stack wants.
    pub graph: &'a Graph,
    /// How that differs from what exists; `None` where no cloud is asked.
    pub plan: Option<&'a Plan>,
    /// US dollars a month that each change adds, in the plan's order; may be shorter.
    pub deltas: &'a [Decimal],
    /// What the stack is expected to cost.
    pub monthly_usd: Decimal,
    /// The command that asks.
    pub operation: Operation,
    /// Whether the cloud is an emulator.
    pub rehearsal: bool,
    /// The time.
    pub now: Timestamp,
    /// Whether objects of a kind hold data.
    pub holds_data: &'a dyn Fn(&str) -> bool,
}

impl Document {
    /// What rules see of these facts.
    #[must_use]
    pub fn of(facts: &Facts<'_>) -> Self {
        let stack = facts.stack;
        let zone = stack.service.environment.iter();
        let zone = zone
            .filter(|(name, _)| name.to_string() == ZONE)
            .map(|(_, value)| value.to_string())
            .next();
        Self {
            stack: stack.stack.to_string(),
            environment: stack.environment,
            region: stack.region.to_string(),
            owner: stack.owner.to_string(),
            cost_center: stack.cost_center.to_string(),
            budget: stack.budget.clone(),
            ttl_seconds: stack.ttl.map(|ttl| ttl.seconds()),
            tags: facts.tags.clone().into_iter().collect(),
            operation: facts.operation,
            rehearsal: facts.rehearsal,
            now: Moment::of(facts.now, zone.as_deref().unwrap_or(BUSINESS_ZONE)),
            changes: changes(facts),
            summary: ACTIONS
                .iter()
                .map(|(word, action)| {
                    let count = facts.plan.map_or(0, |plan| plan.count(*action));
                    ((*word).to_owned(), count)
                })
                .collect(),
            cost: Cost {
                monthly_usd: number(cents(facts.monthly_usd)),
                budget_monthly_usd: number(cents(bella_stack::budget(stack).monthly_usd)),
            },
            resources: resources(facts),
        }
    }
}

fn changes(facts: &Facts<'_>) -> Vec<Changing> {
    let changes = facts.plan.map_or(&[][..], |plan| &plan.changes);
    changes
        .iter()
        .enumerate()
        .map(|(position, change)| {
            let holds_data = (facts.holds_data)(&change.kind);
            Changing::of(change, facts.deltas.get(position), holds_data, marked)
        })
        .collect()
}

fn resources(facts: &Facts<'_>) -> Vec<Wanted> {
    let lookup = |reference: &Reference| {
        let outputs = facts.plan?.known.get(&reference.address)?;
        outputs.get(&reference.output).cloned()
    };
    let actions: BTreeMap<_, _> = facts
        .plan
        .map_or(&[][..], |plan| &plan.changes)
        .iter()
        .map(|change| (&change.address, change.action))
        .collect();
    facts
        .graph
        .in_order()
        .map(|node| Wanted {
            address: node.address.to_string(),
            kind: node.address.kind().to_owned(),
            action: actions.get(&node.address).copied(),
            holds_data: (facts.holds_data)(node.address.kind()),
            properties: marked(&resolve(&node.properties, &lookup)),
        })
        .collect()
}
