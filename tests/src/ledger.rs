use std::sync::{Mutex, PoisonError};

use bella_engine::applied::Applied;
use bella_engine::ledger::{Entry, Event, Ledger, LedgerError};
use bella_engine::resource::Pending;

/// A ledger that nobody else has and that is gone with the test.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Vec<Entry>>);

impl Memory {
    /// What was last applied, folded as from a stored ledger.
    #[must_use]
    pub fn applied(&self) -> Option<Applied> {
        Applied::fold(self.0.lock().unwrap_or_else(PoisonError::into_inner).iter())
    }
}

impl Ledger for Memory {
    fn append(&self, event: Event) -> Pending<'_, Result<(), LedgerError>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = entries.len() as u64;
        entries.push(Entry {
            run: "test".to_owned(),
            seq,
            at: jiff::Timestamp::now(),
            event,
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn hold(&self) -> Result<(), LedgerError> {
        Ok(())
    }
}
