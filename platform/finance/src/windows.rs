//! Periods as Cost Explorer takes them: whole days of UTC, the end not included.
//!
//! Cost Explorer refuses a period whose start is its end, an end after the first of the next month,
//! a forecast that begins before today, and days of more than 14 months ago. A [`Window`] made here
//! is none of those, on whichever day it is asked for.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Hours for which a day's figures still move.
pub const RESTATED_HOURS: i64 = 72;
/// Months, the running one included, for which Cost Explorer has days; before that only months.
pub const DAILY_MONTHS: u32 = 14;
/// Months for which Cost Explorer has anything.
pub const MONTHS: u32 = 38;

/// Whole days: `start` is in it, `end` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Window {
    start: Date,
    end: Date,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Ends {
    start: Date,
    end: Date,
}

impl TryFrom<Ends> for Window {
    type Error = NoWindow;

    fn try_from(ends: Ends) -> Result<Self, NoWindow> {
        Self::new(ends.start, ends.end)
    }
}

impl From<Window> for Ends {
    fn from(window: Window) -> Self {
        Self {
            start: window.start,
            end: window.end,
        }
    }
}

/// Why there is no such period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWindow {
    /// It has no day.
    #[error("a period from {start} up to {end} has no day in it")]
    Empty {
        /// First day.
        start: Date,
        /// First day after.
        end: Date,
    },
    /// It has not begun.
    #[error("{start} has not come yet: today is {today} in UTC")]
    Future {
        /// First day.
        start: Date,
        /// Today in UTC.
        today: Date,
    },
    /// AWS keeps no figures of so long ago.
    #[error("Cost Explorer keeps {MONTHS} months, and {start} is before them")]
    Past {
        /// First day.
        start: Date,
    },
    /// The calendar ends.
    #[error("{0} is at the end of the calendar")]
    Calendar(Date),
}

/// How finely Cost Explorer is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Granularity {
    /// A figure a day.
    Daily,
    /// A figure a month.
    Monthly,
}

impl Window {
    /// The days from `start` up to `end`.
    ///
    /// # Errors
    /// There is none.
    pub fn new(start: Date, end: Date) -> Result<Self, NoWindow> {
        match start < end {
            true => Ok(Self { start, end }),
            false => Err(NoWindow::Empty { start, end }),
        }
    }

    /// First day.
    #[must_use]
    pub const fn start(self) -> Date {
        self.start
    }

    /// First day after.
    #[must_use]
    pub const fn end(self) -> Date {
        self.end
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.start <= day && day < self.end
    }

    /// Its days in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.start
            .series(1.day())
            .take_while(move |day| *day < self.end)
    }

    /// How many days it has.
    #[must_use]
    pub fn length(self) -> i64 {
        let hours = self.start.duration_until(self.end).as_hours();
        hours / 24
    }
}

/// The whole month that has this day.
///
/// # Errors
/// It is the calendar's last.
pub fn month_of(day: Date) -> Result<Window, NoWindow> {
    let next = day.last_of_month().tomorrow();
    let end = next.map_err(|_| NoWindow::Calendar(day))?;
    Window::new(day.first_of_month(), end)
}

/// What to ask for to know a month so far: up to and with today in the month that runs, all of it
/// in one that is over. `today` is UTC's.
///
/// # Errors
/// The month has not begun, or is longer ago than Cost Explorer keeps.
pub fn billed(month: Date, today: Date) -> Result<Window, NoWindow> {
    let whole = month_of(month)?;
    if whole.start > today {
        let start = whole.start;
        return Err(NoWindow::Future { start, today });
    }
    if whole.start < months_back(today, MONTHS - 1)? {
        return Err(NoWindow::Past { start: whole.start });
    }
    Window::new(whole.start, whole.end.min(tomorrow(today)?))
}

/// What to ask for each day: the month so far, and the days before it that may still be restated.
///
/// # Errors
/// At an end of the calendar.
pub fn open(today: Date) -> Result<Window, NoWindow> {
    let restated = today
        .checked_sub((RESTATED_HOURS / 24 + 1).days())
        .map_err(|_| NoWindow::Calendar(today))?;
    Window::new(today.first_of_month().min(restated), tomorrow(today)?)
}

/// What to ask a forecast for: today and the rest of its month. The month is the billed days before
/// today and this, so that today is not in it twice; see [`before`].
///
/// # Errors
/// At the end of the calendar.
pub fn ahead(today: Date) -> Result<Window, NoWindow> {
    Window::new(today, month_of(today)?.end)
}

/// The days of the month before today; `None` on its first.
#[must_use]
pub fn before(today: Date) -> Option<Window> {
    Window::new(today.first_of_month(), today).ok()
}

/// What to ask for to know `months` months with the one that runs: those that are longer ago than
/// Cost Explorer has days for by the month, the others by the day. Each begins on a first.
///
/// # Errors
/// More months than Cost Explorer keeps, none, or an end of the calendar.
pub fn history(today: Date, months: u32) -> Result<Vec<(Window, Granularity)>, NoWindow> {
    let since = months_back(today, months.max(1) - 1)?;
    if months > MONTHS {
        return Err(NoWindow::Past { start: since });
    }
    let daily = months_back(today, months.clamp(1, DAILY_MONTHS) - 1)?;
    let old = Window::new(since, daily).ok();
    let old = old.map(|window| (window, Granularity::Monthly));
    let recent = Window::new(daily, tomorrow(today)?)?;
    Ok(old
        .into_iter()
        .chain([(recent, Granularity::Daily)])
        .collect())
}

fn months_back(today: Date, months: u32) -> Result<Date, NoWindow> {
    let first = today.first_of_month();
    first
        .checked_sub(i64::from(months).months())
        .map_err(|_| NoWindow::Calendar(today))
}

fn tomorrow(today: Date) -> Result<Date, NoWindow> {
    today.tomorrow().map_err(|_| NoWindow::Calendar(today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn told(window: Window) -> String {
        format!("{}..{}", window.start, window.end)
    }

    #[test]
    fn first_and_last_days_have_windows_too() {
        let first = date("2026-11-01");
        assert_eq!(
            billed(first, first).map(told),
            Ok("2026-11-01..2026-11-02".to_owned())
        );
        assert_eq!(before(first), None);
        assert_eq!(
            open(first).map(told),
            Ok("2026-10-28..2026-11-02".to_owned())
        );
        let last = date("2026-11-30");
        assert_eq!(
            ahead(last).map(told),
            Ok("2026-11-30..2026-12-01".to_owned())
        );
        assert_eq!(
            billed(last, last).map(told),
            Ok("2026-11-01..2026-12-01".to_owned())
        );
        assert_eq!(
            billed(date("2026-02-11"), last).map(told),
            Ok("2026-02-01..2026-03-01".to_owned())
        );
        assert!(matches!(
            billed(date("2026-12-01"), last),
            Err(NoWindow::Future { .. })
        ));
        assert!(matches!(
            billed(date("2022-12-01"), last),
            Err(NoWindow::Past { .. })
        ));
        assert!(
            serde_json::from_str::<Window>(r#"{"start":"2026-11-01","end":"2026-11-01"}"#).is_err()
        );
    }

    #[test]
    fn every_day_of_nine_years_is_answered_by_what_aws_takes() {
        let span = Window::new(date("2023-01-01"), date("2032-01-01")).expect("days");
        for today in span.days() {
            let next_month = month_of(today).expect("a month").end();
            let mut asked = vec![
                billed(today, today).expect("a month so far"),
                open(today).expect("the open days"),
            ];
            let ahead = ahead(today).expect("days ahead");
            assert!(ahead.start() >= today, "a forecast of the past at {today}");
            for months in 1..=MONTHS {
                let parts = history(today, months).expect("a history");
                assert_eq!(
                    parts[parts.len() - 1].0.end(),
                    today.tomorrow().expect("a day")
                );
                for pair in parts.windows(2) {
                    assert_eq!(pair[0].0.end(), pair[1].0.start(), "a gap at {today}");
                }
                for (window, granularity) in parts {
                    assert_eq!(window.start().day(), 1);
                    let oldest = months_back(today, DAILY_MONTHS - 1).expect("a date");
                    assert!(granularity == Granularity::Monthly || window.start() >= oldest);
                    asked.push(window);
                }
            }
            asked.push(ahead);
            for window in asked {
                assert!(window.start() < window.end(), "empty at {today}");
                assert!(window.end() <= next_month, "past the month at {today}");
            }
            // The days billed and the days forecast make up the month, none of them twice.
            let days = before(today).map_or(0, Window::length) + ahead.length();
            assert_eq!(days, i64::from(today.days_in_month()));
            assert_eq!(
                ahead.days().count(),
                usize::try_from(ahead.length()).expect("few")
            );
        }
    }
}
