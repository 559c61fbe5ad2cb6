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
    let ending = match date.day() {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{}{ending}", date.strftime("%A, %B %-d"))
}

/// A time as it is read back: "2:00 PM".
pub fn spoken_time(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// A moment for a text message, in letters that every phone has: "Tue Mar 12, 2:00 PM".
pub fn short(moment: &Zoned) -> String {
    moment.strftime("%a %b %-d, %-I:%M %p").to_string()
}
