//! A stack's meter: from the ledger, AWS's timestamps and the schedule.

use std::collections::{BTreeMap, BTreeSet};

use bella_aws::kinds::KINDS;
use bella_engine::address::Address;
use bella_engine::live::Live;
use bella_engine::resource::Outputs;
use bella_finance::Finding;
use bella_finance::meter::{History, Life, Rest, Witness};
use bella_stack::Calendar;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::subject::Subject;
use crate::error::CommandError;
use crate::session::Session;

/// Kinds that rest in off-hours.
const REST: [&str; 2] = ["db_instance", "ecs_service"];

/// The lives of a stack's objects, and what could not be known of them.
///
/// With `live` AWS's timestamps count too, and with a stack file what exists by it; without both the ledger alone tells.
///
/// # Errors
/// The ledger cannot be read, or AWS refuses.
pub(crate) async fn lives(
    session: &Session,
    subject: &Subject,
    live: Option<&Live>,
    (from, now): (Timestamp, Timestamp),
) -> Result<(Vec<Life>, Vec<Finding>), CommandError> {
    let entries = session.store.since(&session.place, from).await?;
    let now_is = match live {
        Some(live) => Present::of(session, live).await?,
        None => Present::default(),
    };
    let rests = rests(subject.calendar.as_ref(), from, now);
    let history = History {
        catalog: KINDS,
        entries: &entries,
        created: &now_is.created,
        present: &now_is.properties,
        known: &now_is.outputs,
        rests: &rests,
        assumptions: &subject.expected,
    };
    Ok(history.lives())
}

/// What exists now.
#[derive(Default)]
struct Present {
    properties: BTreeMap<Address, Value>,
    created: BTreeMap<Address, Timestamp>,
    outputs: BTreeMap<Address, Outputs>,
}

impl Present {
    async fn of(session: &Session, live: &Live) -> Result<Self, CommandError> {
        let mut properties = match &session.file {
            Some(_) => session.desired(live).await?.properties(),
            None => BTreeMap::new(),
        };
        let exists: BTreeSet<&Address> =
            live.objects.iter().map(|object| &object.address).collect();
        properties.retain(|address, _| exists.contains(address));
        let objects = || live.objects.iter();
        Ok(Self {
            properties,
            created: objects()
                .filter_map(|object| Some((object.address.clone(), object.created?)))
                .collect(),
            outputs: objects()
                .map(|object| (object.address.clone(), object.outputs.clone()))
                .collect(),
        })
    }
}

/// The off-hours so far, by the schedule.
fn rests(calendar: Option<&Calendar>, from: Timestamp, now: Timestamp) -> Vec<Rest> {
    let Some(calendar) = calendar else {
        return Vec::new();
    };
    let until = now
        .saturating_add(SignedDuration::from_secs(1))
        .unwrap_or(now);
    let spans = calendar.spans(from, until).into_iter();
    spans
        .filter(|span| !span.on)
        .map(|span| Rest {
            from: span.from,
            // One that goes on has no end yet.
            until: if span.until >= until {
                Timestamp::MAX
            } else {
                span.until
            },
            kinds: REST.iter().map(|kind| (*kind).to_owned()).collect(),
            by: Witness::Schedule,
        })
        .collect()
}
