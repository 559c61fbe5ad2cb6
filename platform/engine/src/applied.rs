//! What the ledger says was last applied: a fold over its events.
//!
//! It serves to tell who moved, the file or the cloud, and to bridge a listing that lags behind a
//! crashed run. Nothing else depends on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::address::Address;
use crate::ledger::{Entry, Event};
use crate::took::Took;

/// The fold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// Last applied properties by address, references unresolved, tags under the key `tags`.
    pub objects: BTreeMap<Address, Value>,
    /// Creates that were announced and never reported done, with the time of the announcement.
    pub unfinished: BTreeMap<Address, Timestamp>,
    /// Ids of objects whose making was reported done.
    pub made: BTreeSet<String>,
    /// Those of them that nothing removed since, with the time of the report.
    pub standing: BTreeMap<String, Timestamp>,
    /// Ids of objects whose delete was announced and never reported done, with the time of the
    /// announcement.
    pub leaving: BTreeMap<String, Timestamp>,
    /// How long steps took.
    pub took: Took,
}

impl Applied {
    /// Folds entries, oldest first. `None` when there are none: then nothing is known.
    #[must_use]
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Self> {
        let mut applied = Self::default();
        let mut any = false;
        for entry in entries {
            any = true;
            applied.note(entry);
        }
        any.then_some(applied)
    }

    fn note(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Planned {
                unchanged, took, ..
            } => {
                self.objects.extend(unchanged.clone());
                // It says all that was known before it, and so stands for what older runs would add again.
                self.took = took.clone();
            }
            Event::Intent {
                address,
                action,
                id,
                ..
            } => match (action.as_str(), id) {
                ("create", _) => {
                    self.unfinished.insert(address.clone(), entry.at);
                }
                ("delete", Some(id)) => {
                    self.leaving.insert(id.clone(), entry.at);
                }
                _ => {}
            },
            Event::Done {
                address,
                action,
                properties,
                id,
                ms,
            } => {
                self.took.note(address.kind(), action, *ms);
                self.done(address, action, (id, entry.at), properties);
            }
            Event::Failed {
                address,
                action,
                ambiguous: false,
                ..
            } if action == "create" => {
                self.unfinished.remove(address);
            }
            _ => {}
        }
    }

    /// A delete says nothing of an unfinished create at the same address, unless what it removed
    /// was never reported made: then that is what the create had made.
    fn done(
        &mut self,
        address: &Address,
        action: &str,
        (id, at): (&str, Timestamp),
        properties: &Value,
    ) {
        match action {
            "delete" | "replaced" => {
                self.leaving.remove(id);
                self.standing.remove(id);
                if action == "delete" {
                    self.objects.remove(address);
                    if !self.made.remove(id) {
                        self.unfinished.remove(address);
                    }
                }
            }
            _ => {
                if action == "create" {
                    self.made.insert(id.to_owned());
                    self.standing.insert(id.to_owned(), at);
                }
                self.objects.insert(address.clone(), properties.clone());
                self.unfinished.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn intent(action: &str, id: Option<&str>) -> Event {
        Event::Intent {
            address: net(),
            action: action.to_owned(),
            id: id.map(str::to_owned),
            name: String::new(),
        }
    }

    fn done(action: &str, id: &str) -> Event {
        Event::Done {
            address: net(),
            action: action.to_owned(),
            id: id.to_owned(),
            properties: json!({"cidr": id}),
            ms: 1,
        }
    }

    fn failed(action: &str, ambiguous: bool) -> Event {
        Event::Failed {
            address: net(),
            action: action.to_owned(),
            error: crate::cloud::CloudError::new(crate::cloud::Fault::Denied, "x", "y", "z"),
            ambiguous,
        }
    }

    fn net() -> Address {
        Address::parse("net.main").expect("a valid address")
    }

    /// What is noted, created but not reported, and about to leave after `events`.
    fn check(events: &[Event], objects: usize, unfinished: bool, leaving: &[&str]) {
        let entry = |(seq, event): (usize, &Event)| Entry {
            run: "r".to_owned(),
            seq: seq as u64,
            at: Timestamp::UNIX_EPOCH,
            event: event.clone(),
        };
        let entries: Vec<Entry> = events.iter().enumerate().map(entry).collect();
        let applied = Applied::fold(&entries).expect("events");
        let left: Vec<&str> = applied.leaving.keys().map(String::as_str).collect();
        let found = (
            applied.objects.len(),
            applied.unfinished.contains_key(&net()),
            left,
        );
        assert_eq!(found, (objects, unfinished, leaving.to_vec()), "{events:?}");
    }

    #[test]
    fn what_was_announced_stays_open_until_it_is_reported() {
        let create = intent("create", None);
        assert_eq!(Applied::fold(&[]), None);
        check(std::slice::from_ref(&create), 0, true, &[]);
        check(&[create.clone(), done("create", "1")], 1, false, &[]);
        check(&[create.clone(), failed("create", false)], 0, false, &[]);
        check(&[create.clone(), failed("create", true)], 0, true, &[]);
        check(&[create.clone(), failed("delete", false)], 0, true, &[]);
        check(&[intent("delete", Some("1"))], 0, false, &["1"]);
    }

    #[test]
    fn a_delete_closes_only_the_create_of_what_it_removed() {
        let made = [intent("create", None), done("create", "1")];
        let gone = [intent("delete", Some("1")), done("delete", "1")];
        let replaced = [intent("delete", Some("1")), done("replaced", "1")];
        let again = [intent("create", None)];
        check(&[&made[..], &gone].concat(), 0, false, &[]);
        check(&[&made[..], &again, &replaced].concat(), 1, true, &[]);
        check(&[&made[..], &again, &gone].concat(), 0, true, &[]);
        check(&[&again[..], &gone].concat(), 0, false, &[]);
    }
}
