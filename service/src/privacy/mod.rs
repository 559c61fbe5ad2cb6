//! Personal data: how it is kept, for how long, and how it is given out or forgotten.
//!
//! - [`Vault`]: encryption at rest, and finding a number without storing it in clear; `keys` reads `ENCRYPTION_KEYS`
//! - [`rotate`]: everything under the newest key
//! - [`retention`]: what is too old, daily
//! - `erasure`, [`Erased`]: a person who wants to be forgotten
//! - `export`, [`Export`]: a person who wants to know
//! - [`delete_recordings`]: what the carrier still has

mod erasure;
mod export;
mod keys;
mod recordings;
pub mod retention;
mod rotation;
mod vault;

pub use erasure::Erased;
pub use export::Export;
pub use recordings::{Deleted, Recordings, delete_recordings};
pub use rotation::{Progress, rotate};
pub(crate) use vault::row;
pub use vault::{CannotOpen, Field, Indexes, Sealed, Vault};
