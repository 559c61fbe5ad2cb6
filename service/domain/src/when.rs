//! Dates and times as people say them.

use jiff::Zoned;
use jiff::civil::{Date, Time};

use crate::understood::{NotUnderstood, Understood};

/// What words about a time mean, in the zone of [`Clock::now`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// A day and a time: "next Tuesday at half past three".
    Moment(Zoned),
    /// A span in which the caller is free: "Friday between 2 and 4", "tomorrow afternoon".
    Window {
        /// Its beginning.
        from: Zoned,
        /// Its end, after `from`.
        to: Zoned,
    },
    /// A day, no time: "next Tuesday".
    Day(Date),
    /// A time, no day: "three o'clock".
    Time(Time),
}

/// What words about a time are read against.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Now, in the zone of the business.
    pub now: Zoned,
    /// What was being talked about: "same time" and "an hour later" mean this one, else `now`.
    pub anchor: Option<Zoned>,
}

/// What a caller's words say about a time.
///
/// # Errors
/// No time in them, one that does not exist, one that is past, or more than one.
pub fn understand(text: &str, clock: &Clock) -> Understood<When> {
    let _ = (text, &clock.now);
    Err(NotUnderstood::because("no day and no time"))
}
