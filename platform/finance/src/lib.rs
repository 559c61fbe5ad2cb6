//! What was spent: the bill, the meter that runs beside it, and what the two say to a budget.
//!
//! Everything here is pure: answers of AWS, events and the time come in as values, decimals go
//! out. Amounts are US dollars unless a field says another currency; days are those of AWS's bill,
//! which are UTC's. What is not known is a [`Finding`], never a zero.

pub mod anomaly;
pub mod bill;
pub mod bridge;
mod finding;
pub mod forecast;
pub mod idle;
pub mod meter;
pub mod reconcile;
pub mod report;
pub mod synthetic;
pub mod variable;
pub mod windows;

pub use finding::{About, Finding};
