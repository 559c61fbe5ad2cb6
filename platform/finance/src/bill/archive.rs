//! Days of the bill, each held once, however often it was fetched.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Line, Record, Sums};
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

/// What a line is of; thousands of lines are of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Key {
    service: Option<String>,
    usage_type: String,
    stack: Option<String>,
    record: Record,
    unit: String,
    currency: String,
}

/// A line of a day: the place of its key; what is charged, spread where that differs, and units; whether it may still move.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held(u32, Decimal, Option<Decimal>, Decimal, bool);

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Day {
    fetched: Timestamp,
    #[serde(deserialize_with = "without_room")]
    lines: Vec<Held>,
}

/// Lines without room for more: two years of a large account are many of them.
fn without_room<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Held>, D::Error> {
    let mut lines = Vec::deserialize(from)?;
    lines.shrink_to_fit();
    Ok(lines)
}

/// All days that were ever fetched.
///
/// Until 72 hours after it ended, a day is what the latest fetch says. A fetch after that freezes
/// it: later ones that say otherwise change nothing and are a [`Finding`]. The same fetch taken in
/// again, or an older one, changes nothing either.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Archive {
    keys: Vec<Key>,
    days: BTreeMap<Date, Day>,
    /// The first day of which the lines are the day's own.
    #[serde(default)]
    daily: Option<Date>,
}

/// What a stack's use of a usage type cost on a day, US dollars: no credit, refund or tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost<'a> {
    /// UTC's day.
    pub day: Date,
    /// The stack; `None` of what no tag is on.
    pub stack: Option<&'a str>,
    /// As a bill shows it.
    pub usage_type: &'a str,
    /// US dollars.
    pub usd: Decimal,
}

/// The same days with the same lines, in whatever order their keys were learnt.
impl PartialEq for Archive {
    fn eq(&self, other: &Self) -> bool {
        let fetched = |archive: &Self| -> Vec<(Date, Timestamp)> {
            let days = archive.days.iter();
            days.map(|(day, held)| (*day, held.fetched)).collect()
        };
        self.daily == other.daily
            && fetched(self) == fetched(other)
            && self.days.keys().all(|day| self.of(*day) == other.of(*day))
    }
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
            let fetched = self.days.get(&date).map(|held| held.fetched);
            if fetched.is_some_and(|at| at >= fetch.at) {
                continue;
            }
            match fetched.filter(|at| is_frozen(date, *at)) {
                Some(at) => findings.extend(moved(date, at, &self.of(date), &lines)),
                None => self.hold(date, fetch.at, lines),
            }
        }
        Ok(findings)
    }

    /// The lines of a window, by day.
    pub fn lines(&self, window: Window) -> impl Iterator<Item = Line> {
        let days = self.days.range(window.start()..window.end());
        days.flat_map(|(day, held)| held.lines.iter().filter_map(|line| self.line(*day, line)))
    }

    /// The same in a list, without room for more.
    #[must_use]
    pub fn all(&self, window: Window) -> Vec<Line> {
        let days = self.days.range(window.start()..window.end());
        let count = days.map(|(_, held)| held.lines.len()).sum();
        let mut all = Vec::with_capacity(count);
        all.extend(self.lines(window));
        all
    }

    /// The lines of a window that carry a stack's tag.
    #[must_use]
    pub fn of_stack(&self, window: Window, stack: &str) -> Vec<Line> {
        let keys = self.keys.iter();
        let own: Vec<bool> = keys
            .map(|key| key.stack.as_deref() == Some(stack))
            .collect();
        let is_own = |line: &Held| {
            let place = usize::try_from(line.0).ok();
            place
                .and_then(|place| own.get(place))
                .copied()
                .unwrap_or(false)
        };
        let days = self.days.range(window.start()..window.end());
        days.flat_map(|(day, held)| {
            let lines = held.lines.iter().filter(|line| is_own(line));
            lines
                .filter_map(|line| self.line(*day, line))
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// What the lines of a window cost, by day.
    pub fn costs(&self, window: Window) -> impl Iterator<Item = Cost<'_>> {
        let days = self.days.range(window.start()..window.end());
        days.flat_map(|(day, held)| {
            held.lines.iter().filter_map(|line| {
                let key = self.key(line)?;
                let is_cost = key.record.is_run_rate() && key.currency == "USD";
                is_cost.then_some(Cost {
                    day: *day,
                    stack: key.stack.as_deref(),
                    usage_type: &key.usage_type,
                    usd: line.1,
                })
            })
        })
    }

    fn of(&self, day: Date) -> Vec<Line> {
        let held = self.days.get(&day).map(|held| held.lines.as_slice());
        let lines = held.unwrap_or_default().iter();
        lines.filter_map(|line| self.line(day, line)).collect()
    }

    fn key(&self, line: &Held) -> Option<&Key> {
        self.keys.get(usize::try_from(line.0).ok()?)
    }

    /// `None` where somebody took keys out of what was kept.
    fn line(&self, day: Date, line: &Held) -> Option<Line> {
        let key = self.key(line)?;
        Some(Line {
            day,
            service: key.service.clone(),
            usage_type: key.usage_type.clone(),
            stack: key.stack.clone(),
            record: key.record.clone(),
            unblended: line.1,
            amortized: line.2.unwrap_or(line.1),
            quantity: line.3,
            unit: key.unit.clone(),
            currency: key.currency.clone(),
            estimated: line.4,
        })
    }

    fn hold(&mut self, day: Date, fetched: Timestamp, lines: Vec<Line>) {
        let mut places: HashMap<Key, u32> = HashMap::new();
        for (place, key) in self.keys.iter().enumerate() {
            places.insert(key.clone(), u32::try_from(place).unwrap_or(u32::MAX));
        }
        let keys = &mut self.keys;
        let held = lines.into_iter().map(|line| {
            let key = Key {
                service: line.service,
                usage_type: line.usage_type,
                stack: line.stack,
                record: line.record,
                unit: line.unit,
                currency: line.currency,
            };
            let place = *places.entry(key).or_insert_with_key(|key| {
                keys.push(key.clone());
                u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
            });
            let spread = Some(line.amortized).filter(|usd| *usd != line.unblended);
            Held(place, line.unblended, spread, line.quantity, line.estimated)
        });
        let lines = held.collect();
        self.days.insert(day, Day { fetched, lines });
    }

    /// Days of a window that were never fetched.
    pub fn missing(&self, window: Window) -> impl Iterator<Item = Date> {
        window.days().filter(|day| !self.days.contains_key(day))
    }

    /// The first day whose lines are its own: it was fetched, and its month is not folded.
    #[must_use]
    pub fn daily_since(&self) -> Option<Date> {
        let first = self.days.keys().next().copied()?;
        Some(self.daily.map_or(first, |daily| daily.max(first)))
    }

    /// Whether a day may still be restated, or was never fetched.
    #[must_use]
    pub fn is_open(&self, day: Date) -> bool {
        let held = self.days.get(&day);
        !held.is_some_and(|held| is_frozen(day, held.fetched))
    }

    /// Adds up the days before `day` month by month, where all of them are frozen: a line of the first of them then has the sum.
    ///
    /// Sums of months stay what they were; days are no more told apart, and two years of a large account fit into memory.
    pub fn fold(&mut self, day: Date) {
        let old: Vec<Date> = self.days.range(..day).map(|(day, _)| *day).collect();
        for month in old.chunk_by(|one, other| one.first_of_month() == other.first_of_month()) {
            let is_whole = month.iter().all(|day| !self.is_open(*day));
            let Some(start) = month.first().filter(|_| is_whole) else {
                continue;
            };
            let lines = month.iter().flat_map(|day| self.of(*day)).collect();
            let folded = folded(*start, lines);
            for day in month {
                if let Some(held) = self.days.get_mut(day) {
                    held.lines = Vec::new();
                }
            }
            let fetched = self.days.get(start).map(|held| held.fetched);
            self.hold(*start, fetched.unwrap_or_default(), folded);
            let next = month.last().and_then(|last| last.tomorrow().ok());
            self.daily = self.daily.max(next);
        }
    }

    /// When the oldest and the latest of a window's days were fetched.
    #[must_use]
    pub fn as_of(&self, window: Window) -> Option<(Timestamp, Timestamp)> {
        let days = self.days.range(window.start()..window.end());
        let times = || days.clone().map(|(_, day)| day.fetched);
        times().min().zip(times().max())
    }
}

/// Lines with one key as one line.
fn folded(day: Date, mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|one, other| key(one).cmp(&key(other)));
    let groups = lines.chunk_by(|one, other| key(one) == key(other));
    let sum = |group: &[Line]| {
        let total = |figure: fn(&Line) -> Decimal| group.iter().map(figure).sum();
        let first = group.first()?;
        let is_one_unit = group.iter().all(|line| line.unit == first.unit);
        Some(Line {
            day,
            unblended: total(|line| line.unblended),
            amortized: total(|line| line.amortized),
            quantity: total(|line| line.quantity),
            unit: if is_one_unit {
                first.unit.clone()
            } else {
                String::new()
            },
            estimated: group.iter().any(|line| line.estimated),
            ..first.clone()
        })
    };
    groups.filter_map(sum).collect()
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

fn moved(date: Date, fetched: Timestamp, held: &[Line], lines: &[Line]) -> Option<Finding> {
    let total = |lines: &[Line]| lines.iter().collect::<Sums>().net();
    let (was, is) = (total(held), total(lines));
    (was != is).then(|| {
        let text = format!(
            "was frozen at ${was} on {} and is told as ${is} now; the frozen figure stays",
            fetched
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
