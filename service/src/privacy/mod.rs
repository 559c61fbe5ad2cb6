//! Personal data: how it is kept, for how long, and how it is given out or forgotten.
//!
//! - [`Vault`]: encryption at rest, and finding a number without storing it in clear
//! - `keys`: `ENCRYPTION_KEYS`

mod keys;
mod vault;

pub(crate) use vault::row;
pub use vault::{CannotOpen, Field, Indexes, Sealed, Vault};
