use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::Place;
use super::timetable::{Occurrence, Timetable};
use crate::error::SandboxError;
use crate::rules::Store;

/// Document of the store that the rules write and the clockwork reads.
const DOCUMENT: &str = "schedules";

/// What comes due: schedules, invocations to be repeated, and databases that AWS starts by itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Agenda {
    #[serde(default)]
    pub(super) schedules: BTreeMap<String, Entry>,
    #[serde(default)]
    pub(super) repeats: Vec<Attempt>,
    #[serde(default)]
    pub(super) restarts: BTreeMap<String, Restart>,
}

/// A schedule, and how far it got.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) group: String,
    pub(super) name: String,
    /// As it was created or updated last.
    definition: Value,
    /// When its expression was set; a rate counts from it.
    anchor: Timestamp,
    /// The last moment that was looked at.
    cursor: Timestamp,
    pub(super) next: Option<Occurrence>,
}

/// One invocation on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) place: Place,
    pub(super) group: String,
    pub(super) schedule_arn: String,
    pub(super) target: Value,
    pub(super) execution: String,
    pub(super) scheduled: Timestamp,
    pub(super) due: Timestamp,
    /// How often it was tried before.
    pub(super) retries: u32,
}

/// A stopped database instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Restart {
    pub(super) place: Place,
    pub(super) instance: String,
    pub(super) due: Timestamp,
}

/// What comes due next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Restart(String),
    Repeat(String),
    Schedule(String),
}

impl Entry {
    pub(super) fn arn(&self) -> String {
        let Place { account, region } = &self.place;
        format!(
            "arn:aws:scheduler:{region}:{account}:schedule/{}/{}",
            self.group, self.name
        )
    }

    /// Passes its next occurrence, which was to be carried out.
    pub(super) fn pass(&mut self) {
        if let Some(passed) = self.next {
            self.cursor = self.cursor.max(passed.scheduled);
            self.next = self
                .timetable()
                .and_then(|timetable| timetable.next_after(self.cursor));
        }
    }

    /// True when nothing is left to be done and it is to be deleted then.
    pub(super) fn is_over(&self) -> bool {
        self.next.is_none()
            && self.definition["State"] != "DISABLED"
            && self.definition["ActionAfterCompletion"] == "DELETE"
    }

    pub(super) fn target(&self) -> &Value {
        &self.definition["Target"]
    }

    fn timetable(&self) -> Option<Timetable> {
        Timetable::of(&self.definition, &self.arn(), self.anchor)
    }
}

impl Agenda {
    pub(super) fn read(store: &Store) -> Self {
        store.read(DOCUMENT)
    }

    pub(super) fn change<R>(
        store: &Store,
        change: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, SandboxError> {
        store.change(DOCUMENT, change)
    }

    /// Takes a schedule as it is from now on.
    pub(crate) fn put(
        store: &Store,
        place: Place,
        (group, name): (&str, &str),
        definition: &Value,
        now: Timestamp,
    ) -> Result<(), SandboxError> {
        Self::change(store, |agenda| {
            let key = key(&place, group, name);
            let known = agenda.schedules.remove(&key);
            let kept = known.filter(|known| {
                [
                    "ScheduleExpression",
                    "ScheduleExpressionTimezone",
                    "StartDate",
                ]
                .iter()
                .all(|field| known.definition[field] == definition[field])
            });
            let mut entry = Entry {
                place,
                group: group.to_owned(),
                name: name.to_owned(),
                definition: definition.clone(),
                anchor: kept.as_ref().map_or(now, |kept| kept.anchor),
                cursor: now,
                next: None,
            };
            if let Some(timetable) = entry.timetable() {
                // What came true before the change did so under the old settings.
                entry.cursor = match kept {
                    Some(_) => now,
                    None => timetable.first_cursor(now),
                };
                entry.next = timetable.next_after(entry.cursor);
            }
            agenda.schedules.insert(key, entry);
        })
    }

    pub(crate) fn remove(
        store: &Store,
        place: &Place,
        group: &str,
        name: &str,
    ) -> Result<(), SandboxError> {
        Self::change(store, |agenda| {
            agenda.schedules.remove(&key(place, group, name));
        })
    }

    /// Removes a group's schedules.
    pub(crate) fn remove_group(
        store: &Store,
        place: &Place,
        group: &str,
    ) -> Result<(), SandboxError> {
        Self::change(store, |agenda| {
            let is_in = |entry: &Entry| entry.place == *place && entry.group == group;
            agenda.schedules.retain(|_, entry| !is_in(entry));
        })
    }

    /// Has a stopped database started at `due`.
    pub(crate) fn restart(
        store: &Store,
        place: Place,
        instance: &str,
        due: Timestamp,
    ) -> Result<(), SandboxError> {
        Self::change(store, |agenda| {
            let key = restart_key(&place, instance);
            let instance = instance.to_owned();
            let restart = Restart {
                place,
                instance,
                due,
            };
            agenda.restarts.insert(key, restart);
        })
    }

    /// Has a database no longer started.
    pub(crate) fn no_restart(
        store: &Store,
        place: &Place,
        instance: &str,
    ) -> Result<(), SandboxError> {
        if Self::restart_of(store, place, instance).is_none() {
            return Ok(());
        }
        Self::change(store, |agenda| {
            agenda.restarts.remove(&restart_key(place, instance));
        })
    }

    /// When a database that is stopped is started by AWS.
    pub(crate) fn restart_of(store: &Store, place: &Place, instance: &str) -> Option<Timestamp> {
        let agenda = Self::read(store);
        let restart = agenda.restarts.get(&restart_key(place, instance));
        restart.map(|restart| restart.due)
    }

    /// What comes due first; of several at one moment always the same.
    pub(super) fn first(&self) -> Option<(Timestamp, Item)> {
        let schedules = self.schedules.iter().filter_map(|(key, entry)| {
            let next = entry.next?;
            Some((next.due, Item::Schedule(key.clone())))
        });
        let repeats = self
            .repeats
            .iter()
            .map(|repeat| (repeat.due, Item::Repeat(repeat.execution.clone())));
        let restarts = self
            .restarts
            .iter()
            .map(|(key, restart)| (restart.due, Item::Restart(key.clone())));
        schedules.chain(repeats).chain(restarts).min()
    }
}

fn key(place: &Place, group: &str, name: &str) -> String {
    format!("{}/{}/{group}/{name}", place.account, place.region)
}

fn restart_key(place: &Place, instance: &str) -> String {
    format!("{}/{}/{instance}", place.account, place.region)
}
