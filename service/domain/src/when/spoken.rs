//! Days and times as Bella says and writes them.

use jiff::Zoned;
use jiff::civil::{Date, Time};

/// A moment as it is read back: "Tuesday, March 12th at 2:00 PM".
///
/// Without a year: it is understood again as the same moment when that is less than a year ahead.
pub fn spoken(moment: &Zoned) -> String {
    format!(
        "{} at {}",
        spoken_day(moment.date()),
        spoken_time(moment.time())
    )
}

/// A day as it is read back: "Tuesday, March 12th".
pub fn spoken_day(date: Date) -> String {
    let ending = ordinal_ending(date.day().unsigned_abs().into());
    format!("{}{ending}", date.strftime("%A, %B %-d"))
}

/// The letters behind a number that counts: "st" of "1st".
pub(crate) fn ordinal_ending(number: u32) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

/// A time as it is read back: "2:00 PM".
pub fn spoken_time(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// A moment for a text message, in letters that every phone has: "Tue Mar 12, 2:00 PM".
pub fn short(moment: &Zoned) -> String {
    moment.strftime("%a %b %-d, %-I:%M %p").to_string()
}
