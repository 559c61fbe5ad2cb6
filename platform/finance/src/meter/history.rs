//! From the ledger's events to lives.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::cloud::Cloud;
use bella_engine::cost::{Bill, PriceBook, quantities};
use bella_engine::ledger::{Entry, Event};
use bella_engine::resource::{Catalog, Outputs};
use bella_engine::usage::{Assumptions, Quantity};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Life, State, Step, Witness};
use crate::finding::{About, Finding};

/// A time in which objects of some kinds were stopped: they exist and keep what they store.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub until: Timestamp,
    /// Kinds that rest, `db_instance`, `ecs_service`.
    pub kinds: BTreeSet<String>,
    /// Who says so.
    pub by: Witness,
}

/// What is known of a stack's past.
pub struct History<'a, C: Cloud> {
    /// The kinds.
    pub catalog: Catalog<C>,
    /// The ledger's entries, in any order; none where it was lost.
    pub entries: &'a [Entry],
    /// When AWS says that the objects which exist now were created.
    pub created: &'a BTreeMap<Address, Timestamp>,
    /// The properties of what exists now, as AWS shows it or as the stack file has it.
    pub present: &'a BTreeMap<Address, Value>,
    /// Outputs of the objects that exist, by which references that were resolved are found.
    pub known: &'a BTreeMap<Address, Outputs>,
    /// When it rested.
    pub rests: &'a [Rest],
    /// Figures of a month that are no volume: how many tasks ran on average. Hours in it are ignored.
    pub assumptions: &'a Assumptions,
}

/// What one object's events say, with the properties from each moment on; `None` is gone.
type Told<'a> = BTreeMap<Address, Vec<(Timestamp, Option<&'a Value>)>>;

impl<C: Cloud> History<'_, C> {
    /// The lives of everything that ever was, as far as anybody knows, and what could not be known.
    ///
    /// Only what is billed by time is in them: requests, data and capacity units have no timestamp
    /// that a meter could read.
    #[must_use]
    pub fn lives(&self) -> (Vec<Life>, Vec<Finding>) {
        let (told, mut findings) = self.told();
        let addresses: BTreeSet<&Address> = told.keys().chain(self.present.keys()).collect();
        let mut lives = Vec::new();
        for address in addresses {
            let events = told.get(address).map(Vec::as_slice).unwrap_or_default();
            let life = self.life(address, events, &told, &mut findings);
            let uses = |state: &State| matches!(state, State::Uses(uses) if !uses.is_empty());
            let states = life.steps.iter().map(|step| &step.state);
            if states.chain(&life.present).any(uses) {
                lives.push(life);
            }
        }
        if self.entries.is_empty() && !self.present.is_empty() {
            findings.push(Finding::new(
                About::UnknownInterval,
                "ledger",
                "has no events: what was deleted, resized or stopped before now is not known, and objects are \
                 counted as they are from AWS's timestamp of their creation on",
            ));
        }
        findings.sort();
        findings.dedup();
        (lives, findings)
    }

    fn told(&self) -> (Told<'_>, Vec<Finding>) {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by(|one, other| {
            (one.at, &one.run, one.seq).cmp(&(other.at, &other.run, other.seq))
        });
        let mut told: Told<'_> = BTreeMap::new();
        let mut findings = Vec::new();
        for entry in entries {
            match &entry.event {
                Event::Planned { unchanged, .. } => {
                    for (address, properties) in unchanged {
                        let events = told.entry(address.clone()).or_default();
                        if events.last().is_none_or(|(_, last)| last.is_none()) {
                            events.push((entry.at, Some(properties)));
                        }
                    }
                }
                Event::Done {
                    address,
                    action,
                    properties,
                    ..
                } => {
                    let state = match action.as_str() {
                        "delete" => None,
                        // The old half of a replacement, whose new half was made before it.
                        "replaced" => continue,
                        _ => Some(properties).filter(|properties| !properties.is_null()),
                    };
                    told.entry(address.clone())
                        .or_default()
                        .push((entry.at, state));
                }
                Event::Failed {
                    address,
                    action,
                    ambiguous: true,
                    ..
                } => {
                    let text = format!(
                        "{action} at {} had no answer: whether it was done shows at the next event only",
                        entry.at
                    );
                    findings.push(Finding::new(
                        About::UnknownInterval,
                        address.to_string(),
                        text,
                    ));
                }
                _ => {}
            }
        }
        (told, findings)
    }

    fn life(
        &self,
        address: &Address,
        events: &[(Timestamp, Option<&Value>)],
        told: &Told<'_>,
        findings: &mut Vec<Finding>,
    ) -> Life {
        let mut steps: Vec<Step> = Vec::new();
        let mut moments: BTreeSet<(Timestamp, Witness)> = events
            .iter()
            .map(|(at, _)| (*at, Witness::Ledger))
            .collect();
        let begins = events.first().map(|(at, _)| *at);
        // Where another object says what this one uses, its changes are changes of this one.
        for other in self.runs(address, events, told) {
            let events = told.get(&other).into_iter().flatten();
            moments.extend(events.map(|(at, _)| (*at, Witness::Ledger)));
        }
        let rests = || {
            self.rests
                .iter()
                .filter(|rest| rest.kinds.contains(address.kind()))
        };
        moments.extend(rests().flat_map(|rest| [(rest.from, rest.by), (rest.until, rest.by)]));
        for (at, by) in moments {
            if begins.is_none_or(|begins| at < begins) {
                continue;
            }
            let Some(state) = self.state(address, at, told, findings) else {
                continue;
            };
            if steps.last().is_none_or(|last| last.state != state) {
                steps.push(Step { at, by, state });
            }
        }
        let present = self.present.get(address).map(|properties| {
            let rested = rests().any(|rest| rest.until == Timestamp::MAX);
            self.uses(address, properties, rested, self.present, findings)
        });
        Life {
            address: address.clone(),
            created: self.created.get(address).copied(),
            steps,
            present,
        }
    }

    /// Addresses that a node's properties refer to, as far as they were ever told.
    fn runs(
        &self,
        address: &Address,
        events: &[(Timestamp, Option<&Value>)],
        told: &Told<'_>,
    ) -> BTreeSet<Address> {
        let texts = events.iter().filter_map(|(_, properties)| *properties);
        let texts = texts.chain(self.present.get(address));
        let referred = texts.flat_map(bella_engine::reference::references);
        let referred = referred.map(|reference| reference.address);
        referred.filter(|other| told.contains_key(other)).collect()
    }

    /// The state at a moment; `None` where the object is not told of yet.
    fn state(
        &self,
        address: &Address,
        at: Timestamp,
        told: &Told<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<State> {
        let of = |address: &Address| {
            let events = told.get(address)?;
            let last = events.iter().rev().find(|(since, _)| *since <= at);
            // Before the first event it was as that says, if it existed.
            last.or(events.first()).map(|(_, properties)| *properties)
        };
        let properties = of(address)?;
        let Some(properties) = properties else {
            return Some(State::Gone);
        };
        let properties = &without_tags(properties);
        let mut nodes: BTreeMap<Address, Value> =
            BTreeMap::from([(address.clone(), properties.clone())]);
        for reference in bella_engine::reference::references(properties) {
            let other = of(&reference.address).flatten();
            let other = other.or_else(|| self.present.get(&reference.address));
            if let Some(other) = other {
                nodes.insert(reference.address.clone(), without_tags(other));
            }
        }
        let rests = self
            .rests
            .iter()
            .any(|rest| rest.kinds.contains(address.kind()) && rest.from <= at && at < rest.until);
        Some(self.uses(address, properties, rests, &nodes, findings))
    }

    /// What an hour of it uses, of what is billed by time.
    fn uses(
        &self,
        address: &Address,
        properties: &Value,
        rests: bool,
        nodes: &BTreeMap<Address, Value>,
        findings: &mut Vec<Finding>,
    ) -> State {
        let hours = |hours: Decimal| {
            let mut assumptions = self.assumptions.clone();
            assumptions.hours.clear();
            assumptions.life = Some(hours);
            if rests {
                assumptions
                    .hours
                    .insert(address.kind().to_owned(), Decimal::ZERO);
            }
            let bill = Bill {
                catalog: self.catalog,
                nodes,
                known: self.known,
                beside: &[],
                not_counted: &BTreeSet::new(),
                assumptions: &assumptions,
                free_tier: false,
                book: &PriceBook::default(),
            };
            quantities(&bill, address, properties)
        };
        match (hours(Decimal::ONE), hours(Decimal::TWO)) {
            (Ok(one), Ok(two)) => State::Uses(by_time(one, &two)),
            (Err(unpriced), _) | (_, Err(unpriced)) => {
                let text = format!("what it uses is not known: {}", unpriced.why);
                findings.push(Finding::new(About::Unpriced, address.to_string(), text));
                State::Uses(Vec::new())
            }
        }
    }
}

/// Properties as a kind knows them: the ledger has the tags among them.
fn without_tags(properties: &Value) -> Value {
    let mut properties = properties.clone();
    if let Some(map) = properties.as_object_mut() {
        map.remove("tags");
    }
    properties
}

/// Of an hour's quantities, those of which two hours are twice as much: of these, and no others,
/// time alone says how much was used. Load on a balancer is assumed by the hour, and so is not one.
fn by_time(one: Vec<Quantity>, two: &[Quantity]) -> Vec<Quantity> {
    let twice = |used: &Quantity| {
        two.iter().any(|other| {
            (other.component, &other.usage_type) == (used.component, &used.usage_type)
                && (other.quantity - used.quantity * Decimal::TWO).abs() < Decimal::new(1, 20)
        })
    };
    one.into_iter()
        .filter(|used| !used.quantity.is_zero() && used.component != "capacity units")
        .filter(twice)
        .collect()
}
