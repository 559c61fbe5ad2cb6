//! The meter: what accrued up to a second, by the formula of the estimate.
//!
//! An object's [`Life`] is what it used per hour and since when, as AWS's timestamps and the ledger
//! tell it. [`Meter::between`] adds up time × quantity × the price of that time, rounded up as AWS
//! rounds ([`Rounding`]). A bill of the same days should say the same.

mod accrued;
mod history;
mod life;
mod rounding;

pub use accrued::{Accrued, Dated, Meter, Metered};
pub use history::{History, Rest};
pub use life::{Life, State, Step, Witness};
pub use rounding::Rounding;
