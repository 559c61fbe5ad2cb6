//! Money: what a graph costs, before anything of it exists.
//!
//! Kinds say quantities ([`crate::usage`]), a [`PriceBook`] says what a unit costs, [`estimate`]
//! multiplies. It is decimals throughout, nothing is priced by guess: what the book has no price
//! for is listed as [`Unpriced`], never counted as nothing.
//!
//! Rounding: a line is shown to the cent (half a cent away from zero), and the total is the exact
//! sum, rounded once. So lines that were rounded may add up to some cents beside the total.

mod allowance;
mod book;
mod budget;
mod delta;
mod estimate;
mod item;
mod money;
mod outlook;
mod standing;

pub use allowance::Allowance;
pub use book::{Confidence, Price, PriceBook, PriceKey, Priceless};
pub use budget::{Budget, Verdict};
pub use delta::deltas;
pub use estimate::{Beside, Bill, estimate, quantities};
pub use item::{Estimate, Item, Unpriced};
pub use money::{cents, number};
pub use outlook::{Assumed, Outlook, Scenario, Source, outlook};
pub use standing::{Part, Standing, standing};
