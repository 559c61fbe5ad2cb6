//! Where runs are recorded, and who may act: the ledger's storage.
//!
//! One object per event, written by conditional create, under
//! `<account>/<region>/<stack>/runs/<run>/<seq>.json`: in a local folder through `object_store`, in
//! a bucket through the same client as everything else in AWS, so that credentials, endpoint and
//! the log of calls are the same. On a local folder the operating system's file lock alone is the
//! lease: it dies with its process. In a bucket the lease is one object with a fencing number.

mod bootstrap;
mod bucket;
mod folder;
mod lease;
mod location;
mod objects;
mod record;
mod run;
mod store;

pub use bootstrap::{Bootstrapped, bootstrap, bucket_exists};
pub use lease::{Claim, Holder, LeaseError};
pub use location::{LEDGER_TAG, Location};
pub use record::{OverBudget, RunRecord};
pub use run::Run;
pub use store::{Place, Store, StoreError};
