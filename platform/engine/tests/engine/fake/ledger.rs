//! A ledger in memory that outlives runs.

use std::sync::{Arc, Mutex};

use bella_engine::applied::Applied;
use bella_engine::ledger::{Entry, Event, Ledger, LedgerError};
use bella_engine::resource::Pending;

use super::Fake;

/// Entries of all runs, and the means to make writing fail.
pub(crate) struct Memory {
    fake: Fake,
    entries: Mutex<Vec<Entry>>,
    run: Mutex<String>,
    fails_from: Mutex<Option<usize>>,
    lost: Mutex<bool>,
}

impl Memory {
    pub(crate) fn new(fake: Fake, entries: Vec<Entry>) -> Arc<Self> {
        Arc::new(Self {
            fake,
            entries: Mutex::new(entries),
            run: Mutex::new(String::new()),
            fails_from: Mutex::new(None),
            lost: Mutex::new(false),
        })
    }

    pub(crate) fn begin(&self, run: &str) {
        run.clone_into(&mut self.run.lock().expect("no panic while held"));
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().expect("no panic while held").clone()
    }

    pub(crate) fn forget(&self) {
        self.entries.lock().expect("no panic while held").clear();
    }

    pub(crate) fn applied(&self) -> Option<Applied> {
        Applied::fold(&self.entries())
    }

    /// Every append fails once so many entries are there.
    pub(crate) fn fail_from(&self, entries: usize) {
        *self.fails_from.lock().expect("no panic while held") = Some(entries);
    }

    pub(crate) fn lose_lease(&self) {
        *self.lost.lock().expect("no panic while held") = true;
    }

    fn write(&self, event: Event) -> Result<(), LedgerError> {
        let mut entries = self.entries.lock().expect("no panic while held");
        let limit = *self.fails_from.lock().expect("no panic while held");
        if limit.is_some_and(|limit| entries.len() >= limit) {
            return Err(LedgerError::Write {
                place: "memory".to_owned(),
                why: "it is full".to_owned(),
            });
        }
        let run = self.run.lock().expect("no panic while held").clone();
        let seq = entries.iter().filter(|entry| entry.run == run).count() as u64;
        let at = self.fake.now();
        entries.push(Entry {
            run,
            seq,
            at,
            event,
        });
        Ok(())
    }
}

impl Ledger for Memory {
    fn append(&self, event: Event) -> Pending<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let tick = self.fake.trouble().next_tick();
            let dies = self.fake.trouble().before_tick();
            if dies {
                return std::future::pending().await;
            }
            let written = self.write(event);
            let dies = self.fake.trouble().after_tick(tick);
            if dies {
                return std::future::pending().await;
            }
            written
        })
    }

    fn hold(&self) -> Result<(), LedgerError> {
        match *self.lost.lock().expect("no panic while held") {
            true => Err(LedgerError::LeaseLost),
            false => Ok(()),
        }
    }
}
