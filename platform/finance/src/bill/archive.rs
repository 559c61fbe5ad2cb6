//! Days of the bill, each held once, however often it was fetched.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Line, Sums};
use crate::finding::{About, Finding};
use crate::windows::{RESTATED_HOURS, Window};

/// How far a clock may be ahead of AWS's before it is doubted.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// What one look at Cost Explorer brought: every line of every day of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// When it was answered.
    pub at: Timestamp,
    /// The days asked for.
    pub window: Window,
    /// All lines of these days. A day without lines is a day on which nothing was billed.
    pub lines: Vec<Line>,
}

/// A fetch that contradicts itself or the clock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFetch {
    /// A line is of a day that was not asked for.
    #[error("Cost Explorer was asked for {start} to {end} (not included) and answered for {day}")]
    Outside {
        /// First day asked for.
        start: Date,
        /// First day after.
        end: Date,
        /// The line's day.
        day: Date,
    },
    /// One group came twice.
    #[error(
        "Cost Explorer answered {day} {usage_type} of {stack} twice, as if a page had been read twice"
    )]
    Twice {
        /// The day.
        day: Date,
        /// The usage type or record type.
        usage_type: String,
        /// The stack, or `no stack`.
        stack: String,
    },
    /// A day had not begun when it was fetched.
    #[error("{day} had not begun at {at}, by which this clock says it was billed: set the clock")]
    Clock {
        /// The day.
        day: Date,
        /// When it was fetched.
        at: Timestamp,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Day {
    fetched: Timestamp,
    lines: Vec<Line>,
}

/// All days that were ever fetched.
///
/// Until 72 hours after it ended, a day is what the latest fetch says. A fetch after that freezes
/// it: later ones that say otherwise change nothing and are a [`Finding`]. The same fetch taken in
/// again, or an older one, changes nothing either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    days: BTreeMap<Date, Day>,
}

impl Archive {
    /// Takes a fetch in.
    ///
    /// # Errors
    /// The fetch contradicts itself or the clock; nothing of it is taken.
    pub fn import(&mut self, fetch: Fetch) -> Result<Vec<Finding>, BadFetch> {
        let mut days = by_day(&fetch)?;
        let mut findings = Vec::new();
        for date in fetch
            .window
            .days()
            .filter(|date| begun(*date) <= fetch.at + SKEW)
        {
            let lines = days.remove(&date).unwrap_or_default();
            let held = self.days.get(&date);
            if held.is_some_and(|held| held.fetched >= fetch.at) {
                continue;
            }
            match held.filter(|held| is_frozen(date, held.fetched)) {
                Some(held) => findings.extend(moved(date, held, &lines)),
                None => {
                    let fetched = fetch.at;
                    self.days.insert(date, Day { fetched, lines });
                }
            }
        }
        Ok(findings)
    }

    /// The lines of a window, by day.
    pub fn lines(&self, window: Window) -> impl Iterator<Item = &Line> {
        let days = self.days.range(window.start()..window.end());
        days.flat_map(|(_, day)| &day.lines)
    }

    /// Days of a window that were never fetched.
    pub fn missing(&self, window: Window) -> impl Iterator<Item = Date> {
        window.days().filter(|day| !self.days.contains_key(day))
    }

    /// Whether a day may still be restated, or was never fetched.
    #[must_use]
    pub fn is_open(&self, day: Date) -> bool {
        let held = self.days.get(&day);
        !held.is_some_and(|held| is_frozen(day, held.fetched))
    }

    /// When the oldest and the latest of a window's days were fetched.
    #[must_use]
    pub fn as_of(&self, window: Window) -> Option<(Timestamp, Timestamp)> {
        let days = self.days.range(window.start()..window.end());
        let times = || days.clone().map(|(_, day)| day.fetched);
        times().min().zip(times().max())
    }
}

fn by_day(fetch: &Fetch) -> Result<BTreeMap<Date, Vec<Line>>, BadFetch> {
    let mut days: BTreeMap<Date, Vec<Line>> = BTreeMap::new();
    for line in &fetch.lines {
        let day = line.day;
        let (start, end) = (fetch.window.start(), fetch.window.end());
        if !fetch.window.contains(day) {
            return Err(BadFetch::Outside { start, end, day });
        }
        if begun(day) > fetch.at + SKEW {
            let at = fetch.at;
            return Err(BadFetch::Clock { day, at });
        }
        days.entry(day).or_default().push(line.clone());
    }
    for lines in days.values_mut() {
        lines.sort_by(|one, other| key(one).cmp(&key(other)));
        if let Some(pair) = lines.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) {
            return Err(twice(&pair[0]));
        }
    }
    Ok(days)
}

fn twice(line: &Line) -> BadFetch {
    let usage_type = match line.usage_type.as_str() {
        "" => line.record.as_str(),
        usage_type => usage_type,
    };
    BadFetch::Twice {
        day: line.day,
        usage_type: usage_type.to_owned(),
        stack: line.stack.clone().unwrap_or_else(|| "no stack".to_owned()),
    }
}

fn key(line: &Line) -> (&str, &Option<String>, &Option<String>, &str, &str) {
    let record = line.record.as_str();
    (
        &line.usage_type,
        &line.stack,
        &line.service,
        record,
        &line.currency,
    )
}

fn moved(date: Date, held: &Day, lines: &[Line]) -> Option<Finding> {
    let total = |lines: &[Line]| lines.iter().collect::<Sums>().net();
    let (was, is) = (total(&held.lines), total(lines));
    (was != is).then(|| {
        let text = format!(
            "was frozen at ${was} on {} and is told as ${is} now; the frozen figure stays",
            held.fetched
        );
        Finding::new(About::RestatedLate, date.to_string(), text)
    })
}

/// The moment a day of the bill begins.
fn begun(day: Date) -> Timestamp {
    let midnight = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    // Only the calendar's very ends have no such moment.
    midnight.unwrap_or(Timestamp::MAX)
}

fn is_frozen(day: Date, fetched: Timestamp) -> bool {
    let age = fetched.duration_since(begun(day));
    age >= SignedDuration::from_hours(24 + RESTATED_HOURS)
}
