//! Where runs are recorded, and who may act: the ledger's storage.
//!
//! One object per event, written by conditional create through `object_store`, under
//! `<account>/<region>/<stack>/runs/<run>/<seq>.json`. On a local folder the operating system's
//! file lock alone is the lease: it dies with its process.

mod lease;
mod run;
mod store;

pub use lease::{Holder, Lease, LeaseError};
pub use run::Run;
pub use store::{Place, RunRecord, Store, StoreError};
