//! Holding schedules back until a moment, and letting them go.
//!
//! A schedule that is held back has a start date in the future, before which EventBridge Scheduler does not invoke it; after that it
//! is what it was. So nothing has to run for a pause to end, nothing can fail that was to end it, and a plan, to which the start date
//! is unmanaged, sees no difference before, during or after.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::diff::FieldChange;
use bella_engine::live::Object;
use bella_engine::plan::{Action, Change, Origin, Plan, PlannedField, Step, Work};
use bella_engine::resource::Tags;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rules::{Does, Rule};

const FIELD: &str = "start_date";

/// The plan that has each of these schedules do nothing before its moment; one that has that moment already is left alone.
/// `addresses` are those of the stack file, by kind and id.
#[must_use]
pub fn hold(
    rules: &[(&Object, Timestamp)],
    addresses: &BTreeMap<(String, String), Address>,
) -> Plan {
    let mut plan = Plan::default();
    for (object, until) in rules {
        let Some(live) = &object.props else { continue };
        let until = json!(until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        if live[FIELD] == until {
            continue;
        }
        let known = addresses.get(&(object.kind.clone(), object.id.clone()));
        let address = known.unwrap_or(&object.address);
        let mut desired = live.clone();
        desired[FIELD] = until;
        plan.changes.push(change(address, object, &desired));
        plan.known.insert(address.clone(), object.outputs.clone());
        plan.steps.push(Step {
            address: address.clone(),
            kind: object.kind.clone(),
            work: Work::Update {
                id: object.id.clone(),
                desired,
                live: live.clone(),
                retag: false,
                gone: Vec::new(),
            },
            after: BTreeSet::new(),
            tags: Tags::new(),
        });
    }
    plan
}

fn change(address: &Address, object: &Object, desired: &Value) -> Change {
    let from = object
        .props
        .as_ref()
        .map_or(Value::Null, |live| live[FIELD].clone());
    let field = PlannedField {
        change: FieldChange {
            path: FIELD.to_owned(),
            from,
            to: desired[FIELD].clone(),
            forces_replacement: false,
        },
        origin: Origin::Stack,
    };
    Change {
        address: address.clone(),
        kind: object.kind.clone(),
        action: Action::Update,
        origin: Origin::Stack,
        id: Some(object.id.clone()),
        fields: vec![field],
        reason: None,
        desired: desired.clone(),
        live: Value::Null,
    }
}

/// Until when nothing stops the stack; `None` where something does. The one stop of the database that counts its failures is left
/// out: it is held back by itself after the stack was stopped by hand.
#[must_use]
pub fn held_until(rules: &[Rule<'_>], now: Timestamp) -> Option<Timestamp> {
    let watched = Does::StopsDatabase { watched: true };
    let stops = rules
        .iter()
        .filter(|rule| rule.does.stops() && rule.does != watched);
    let mut until: Option<Timestamp> = None;
    for stop in stops {
        let start = stop.start.filter(|start| *start > now)?;
        until = until.max(Some(start));
    }
    until
}
