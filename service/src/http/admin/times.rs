//! Times as the pages show them, on the wall clock of the business.

use jiff::Zoned;
use jiff::civil::{Date, Time};

/// `9:30 AM`.
pub(super) fn clock(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// `Monday, November 23, 2026`.
pub(super) fn long_day(date: Date) -> String {
    date.strftime("%A, %B %-d, %Y").to_string()
}

/// `Mon, Nov 23`.
pub(super) fn short_day(date: Date) -> String {
    date.strftime("%a, %b %-d").to_string()
}

/// `Mon, Nov 23, 2026, 9:30 AM`.
pub(super) fn moment(at: &Zoned) -> String {
    at.strftime("%a, %b %-d, %Y, %-I:%M %p").to_string()
}

/// `1 min 5 s`.
pub(super) fn length(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
