//! A run in progress: appends events, holds the lease.

use std::sync::atomic::{AtomicU64, Ordering};

use bella_engine::ledger::{Entry, Event, Ledger, LedgerError};
use bella_engine::name::fingerprint;
use bella_engine::resource::Pending;
use jiff::Timestamp;

use super::lease::Lease;
use super::store::{Place, Store, StoreError};

/// The ledger of one run. On a local folder the lease is the operating system's lock, which
/// cannot be lost while the process lives.
#[derive(Debug)]
pub struct Run {
    store: Store,
    prefix: String,
    id: String,
    next: AtomicU64,
    _lease: Lease,
}

impl Run {
    pub(super) fn new(store: Store, place: &Place, now: Timestamp, lease: Lease) -> Self {
        let nanos = now.as_nanosecond().to_string();
        let mark = &fingerprint(&[&nanos, &std::process::id().to_string()])[..8];
        let id = format!("{}-{mark}", now.strftime("%Y%m%dT%H%M%S%3fZ"));
        Self {
            prefix: format!("{}/runs/{id}", place.prefix()),
            store,
            id,
            next: AtomicU64::new(0),
            _lease: lease,
        }
    }

    /// The run's id, sortable by time.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) async fn write(&self, event: Event) -> Result<(), StoreError> {
        let seq = self.next.fetch_add(1, Ordering::SeqCst);
        let entry = Entry {
            run: self.id.clone(),
            seq,
            at: Timestamp::now(),
            event,
        };
        let text = serde_json::to_string(&entry).map_err(|err| StoreError::Storage {
            place: self.store.location(),
            why: err.to_string(),
        })?;
        self.store
            .put(&format!("{}/{seq:06}.json", self.prefix), text)
            .await
    }
}

impl Ledger for Run {
    fn append(&self, event: Event) -> Pending<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            self.write(event).await.map_err(|err| LedgerError::Write {
                place: self.store.location(),
                why: err.to_string(),
            })
        })
    }

    fn hold(&self) -> Result<(), LedgerError> {
        Ok(())
    }
}
