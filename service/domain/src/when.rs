//! Dates and times as people say them.
//!
//! Text becomes tokens, tokens become items by the rules of a grammar, corrections are applied, and what
//! is left is looked up in the calendar and on the clock of the business. Nothing is guessed: where words
//! leave a choice, one of these rules decides it or the words are not understood.
//!
//!  1. A bare hour is the one in which shops are open: 7 to 11 in the morning, 12 at noon, 1 to 6 in the
//!     afternoon ("at 6" is 18:00, "at 7" is 07:00). "AM", "PM" and a part of the day win over that.
//!  2. A 24-hour time is taken as it is: above twelve ("at 15", "1430") or with a zero before it ("09:30").
//!  3. "Half three" is half past three. "Ten to five" is ten minutes to five, with 5, 10, 20, 25 and a
//!     quarter, unless "from" or "between" makes it a range.
//!  4. Midnight, and 12 AM, is 00:00 of the day named; said of today or tonight it is the coming one.
//!  5. A week begins on Monday.
//!  6. A weekday alone, or with "this", is the next such day. Today's own weekday is today; alone and with
//!     a time that is over, it is in a week. "This coming" never is today.
//!  7. "Next" and a weekday is that day of next week, on whatever day it is said; "after next", of the week
//!     after that. "A week from Tuesday", "Tuesday week" is a week after the next Tuesday.
//!  8. "The following Monday" is the first after the day being talked about, else that of next week.
//!  9. A month and a day that are over this year are next year's; today's date stays today. A day without
//!     a month ("the 15th") is the next such day. "Next year" and a year that was said win.
//! 10. In digits, "10/12" is not understood: the day and the month could be swapped. "10/25" and "25/10"
//!     are the same day.
//! 11. A weekday must agree with its date; the date decides the week ("next Tuesday, October 7th").
//! 12. "The last Friday of the month" is this month's, or next month's when that is over.
//! 13. Named days are Canada's, the next one that is not over. Thanksgiving is in October.
//! 14. The morning is 09:00 to 12:00, the afternoon 12:00 to 17:00, the evening and tonight 17:00 to
//!     20:00; with a day they are windows. A window that has begun begins now.
//! 15. "After three" lasts until 17:00, after that until 20:00, after that until midnight; "before noon"
//!     begins at 09:00. One end's AM or PM decides the other's; with neither, the end is the next such hour.
//! 16. What follows "sorry", "no", "actually", "make it" replaces what it contradicts and keeps the rest.
//!     "Not Monday" takes Monday away.
//! 17. Two days or two times that are not a correction are not understood: it is for the caller to choose.
//! 18. "Any time", "whenever", "as soon as possible", "in a few days", "by Friday" name no day.
//! 19. What is past is not understood: a moment is always after now, never moved to another day.
//! 20. A time that the clocks skip in spring is not understood; one they repeat in autumn is the first.
//! 21. "For an hour", "30 minutes" are durations and no times. "In an hour" counts from now, "an hour
//!     later" and "same time" from [`Clock::anchor`], both without their seconds.
//! 22. Times are those of the business. A time said in another zone is not understood; naming its own
//!     ("3 p.m. Eastern", in Toronto) changes nothing.

mod amount;
mod calendar;
mod clock;
mod date;
mod day;
mod draft;
mod hour;
mod number;
mod offset;
mod part;
mod period;
mod phrase;
mod resolve;
mod scan;
mod span;
mod speech;
mod spoken;
mod token;
mod word;

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;

pub use self::spoken::{short, spoken, spoken_day, spoken_time};
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
    let phrase = phrase::Phrase::read(text);
    let draft = draft::Draft::of(&scan::items(&phrase));
    resolve::resolve(&draft, clock)
}

/// A day and a time together, for a caller who says one after the other.
///
/// # Errors
/// It is past, or the clocks skip it.
pub fn moment(date: Date, time: Time, clock: &Clock) -> Understood<Zoned> {
    let found = clock
        .now
        .time_zone()
        .to_ambiguous_zoned(date.to_datetime(time));
    if matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(NotUnderstood::because("the clocks skip that time"));
    }
    // In a fold, the first of the two.
    let moment = found
        .compatible()
        .map_err(|_| NotUnderstood::because("no such time"))?;
    if moment <= clock.now {
        return Err(past());
    }
    Ok(moment)
}

/// The one moment that words give: a moment itself, or the beginning of a window.
///
/// None for a day or a time alone: [`missing`] says what is.
pub fn understood_value(when: &When, _clock: &Clock) -> Option<Zoned> {
    match when {
        When::Moment(moment) => Some(moment.clone()),
        When::Window { from, .. } => Some(from.clone()),
        When::Day(_) | When::Time(_) => None,
    }
}

/// What keeps words from giving a moment, if anything.
pub fn missing(when: &When) -> Option<NotUnderstood> {
    match when {
        When::Moment(_) | When::Window { .. } => None,
        When::Day(_) => Some(NotUnderstood::because("the time is missing")),
        When::Time(_) => Some(NotUnderstood::because("the day is missing")),
    }
}

/// Said of all that is over.
fn past() -> NotUnderstood {
    NotUnderstood::because("that is past")
}
