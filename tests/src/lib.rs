//! What the tests of the built programs share: a sandbox of their own, its controls, and the
//! engine run over it as a command runs it.

mod attributed;
mod bed;
mod callers;
mod clock;
mod gateway;
mod iam;
mod ledger;
mod moto;
mod property;
mod python;
mod sandbox;
mod zone;

pub use attributed::{Attributed, attribute};
pub use bed::{Bed, Declared, address};
pub use callers::{Callers, Fared};
pub use clock::{Brisk, business_hours};
pub use gateway::{Call, Gateway};
pub use iam::{action_of_logged, actions_of, logged};
pub use ledger::Memory;
pub use moto::Moto;
pub use property::put;
pub use python::environment;
pub use sandbox::Sandbox;
pub use zone::{ZONE, host_zone};
