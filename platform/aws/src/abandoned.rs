//! What was removed in this run although AWS goes on listing it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Ids of objects that AWS lets nobody remove and that go by themselves later: a subscription that
/// nobody confirmed. For the rest of the run they count as gone.
#[derive(Debug, Default)]
pub(crate) struct Abandoned(Mutex<BTreeSet<String>>);

impl Abandoned {
    /// Counts `id` as gone.
    pub(crate) fn add(&self, id: &str) {
        self.ids(|ids| ids.insert(id.to_owned()));
    }

    /// Counts `id` again, since it was made once more.
    pub(crate) fn take_back(&self, id: &str) {
        self.ids(|ids| ids.remove(id));
    }

    /// Whether `id` counts as gone.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids(|ids| ids.contains(id))
    }

    fn ids<T>(&self, work: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
