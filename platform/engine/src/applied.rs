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
            match &entry.event {
                Event::Planned { unchanged, .. } => {
                    applied.objects.extend(unchanged.clone());
                }
                Event::Intent {
                    address, action, ..
                } if action == "create" => {
                    applied.unfinished.insert(address.clone(), entry.at);
                }
                Event::Done {
                    address,
                    action,
                    properties,
                    id,
                    ..
                } => {
                    if action == "create" {
                        applied.made.insert(id.clone());
                    }
                    match action.as_str() {
                        "delete" => {
                            applied.objects.remove(address);
                        }
                        "replaced" => {}
                        _ => {
                            applied.objects.insert(address.clone(), properties.clone());
                            applied.unfinished.remove(address);
                        }
                    }
                }
                // A delete at the same address is of another object: its create stays unfinished.
                Event::Failed {
                    address,
                    action,
                    ambiguous: false,
                    ..
                } if action == "create" => {
                    applied.unfinished.remove(address);
                }
                _ => {}
            }
        }
        any.then_some(applied)
    }
}
