//! What the ledger says was last applied: a fold over its events.
//!
//! It serves to tell who moved, the file or the cloud, and to bridge a listing that lags behind a
//! crashed run. Nothing else depends on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::address::Address;
use crate::ledger::{Entry, Event};

/// The fold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// Last applied properties by address, references unresolved, tags under the key `tags`.
    pub objects: BTreeMap<Address, Value>,
    /// Creates that were announced and never reported done, with the time of the announcement.
    pub unfinished: BTreeMap<Address, Timestamp>,
    /// Ids of objects whose making was reported done.
    pub made: BTreeSet<String>,
    /// Ids of objects whose delete was announced and never reported done, with the time of the
    /// announcement.
    pub leaving: BTreeMap<String, Timestamp>,
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
            Event::Planned { unchanged, .. } => self.objects.extend(unchanged.clone()),
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
                ..
            } => self.done(address, action, id, properties),
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

    /// A delete says nothing of a create at the same address: that is of another object.
    fn done(&mut self, address: &Address, action: &str, id: &str, properties: &Value) {
        match action {
            "delete" | "replaced" => {
                self.leaving.remove(id);
                if action == "delete" {
                    self.objects.remove(address);
                }
            }
            _ => {
                if action == "create" {
                    self.made.insert(id.to_owned());
                }
                self.objects.insert(address.clone(), properties.clone());
                self.unfinished.remove(address);
            }
        }
    }
}
