//! A run in progress: appends events, holds the lease.

use bella_engine::ledger::{Entry, Event, Ledger, LedgerError};
use bella_engine::name::fingerprint;
use bella_engine::resource::Pending;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::lease::Lease;
use super::objects::Objects;
use super::store::{Place, StoreError};

/// The ledger of one run.
#[derive(Debug)]
pub struct Run {
    objects: Objects,
    folder: String,
    id: String,
    /// The number of the next event. Events are written one after the other, so that a number that
    /// another run has sealed stops every later one.
    next: Mutex<u64>,
    lease: Lease,
}

/// A run's id: sortable by time, different for every process.
pub(super) fn id(now: Timestamp) -> String {
    let nanos = now.as_nanosecond().to_string();
    let mark = &fingerprint(&[&nanos, &std::process::id().to_string()])[..8];
    format!("{}-{mark}", now.strftime("%Y%m%dT%H%M%S%3fZ"))
}

/// Where a run's events are.
pub(super) fn folder(place: &Place, id: &str) -> String {
    format!("{}/runs/{id}", place.prefix())
}

/// The key of a run's event.
pub(super) fn key(folder: &str, seq: u64) -> String {
    format!("{folder}/{seq:06}.json")
}

/// An event as it is stored.
pub(super) fn text(run: &str, seq: u64, event: Event) -> Result<String, String> {
    let entry = Entry {
        run: run.to_owned(),
        seq,
        at: Timestamp::now(),
        event,
    };
    serde_json::to_string(&entry).map_err(|err| err.to_string())
}

impl Run {
    pub(super) fn new(objects: Objects, place: &Place, id: String, lease: Lease) -> Self {
        Self {
            objects,
            folder: folder(place, &id),
            id,
            next: Mutex::new(0),
            lease,
        }
    }

    /// The run's id, sortable by time.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Appends an event; false when another run has sealed this one.
    pub(super) async fn write(&self, event: Event) -> Result<bool, StoreError> {
        let mut next = self.next.lock().await;
        if self.lease.hold().is_err() {
            return Ok(false);
        }
        let text = text(&self.id, *next, event).map_err(|why| StoreError::Storage {
            place: self.objects.location(),
            why,
            hint: None,
        })?;
        let written = self.objects.create(&key(&self.folder, *next), text).await?;
        match written {
            true => *next += 1,
            false => self.lease.lose(),
        }
        Ok(written)
    }
}

impl Ledger for Run {
    fn append(&self, event: Event) -> Pending<'_, Result<(), LedgerError>> {
        Box::pin(async move {
            match self.write(event).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(LedgerError::LeaseLost),
                Err(err) => Err(LedgerError::Write {
                    place: self.objects.location(),
                    why: err.to_string(),
                }),
            }
        })
    }

    fn hold(&self) -> Result<(), LedgerError> {
        self.lease.hold()
    }
}
