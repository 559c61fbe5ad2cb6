//! When a stack rests: the hours of its file on its own clock, and what people write for a moment.
//!
//! The schedules that AWS carries out are the blueprint's (`blueprint/schedule.rs`) and are made of cron expressions; this says the same in
//! moments, for whoever shows or waits. `tests/year.rs` holds one to the other, minute by minute.

mod calendar;
mod gap;
mod until;

pub use calendar::{Calendar, Span, Turn};
pub use until::until;

pub(crate) use calendar::minutes;
pub(crate) use gap::{Skipped, skipped};
