//! Times of day: how they are said, and which half of the day they mean.

use jiff::civil::Time;

use super::part::Part;
use super::phrase::Phrase;
use super::token::Kind;
use super::word;
use crate::understood::{NotUnderstood, Understood};

/// Which half of the day the words give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// None: "at three".
    Open,
    /// A 24-hour clock: "14:30", noon.
    Whole,
    /// "a.m."
    Am,
    /// "p.m."
    Pm,
}

/// A time of day as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) half: Half,
    /// "Midnight" in words: said of today it is the coming one.
    pub(crate) midnight: bool,
}

/// An hour found in a phrase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) hour: Hour,
    /// The position after it.
    pub(crate) next: usize,
    /// Whether it is a time by itself; a lone number needs a neighbour that makes it one.
    pub(crate) sure: bool,
}

impl Hour {
    fn open(hour: u32, minute: u32) -> Self {
        Self {
            hour,
            minute,
            half: Half::Open,
            midnight: false,
        }
    }

    fn whole(hour: u32, minute: u32) -> Self {
        Self {
            half: Half::Whole,
            ..Self::open(hour, minute)
        }
    }

    /// `minutes` before this hour.
    fn less(self, minutes: u32) -> Self {
        let hour = match (self.hour, self.half) {
            (0, _) => 23,
            (1, half) if half != Half::Whole => 12,
            (hour, _) => hour - 1,
        };
        // A quarter to noon is in the morning, a quarter to midnight in the evening.
        let half = match (self.hour, self.half) {
            (12, Half::Pm) => Half::Am,
            (12, Half::Am) => Half::Pm,
            (_, half) => half,
        };
        Self {
            hour,
            minute: 60 - minutes,
            half,
            midnight: false,
        }
    }

    /// The time of day, the part of the day it was said with deciding the half.
    ///
    /// # Errors
    /// There is no such time, or the part of the day is another.
    pub(crate) fn read(self, part: Option<Part>) -> Understood<Time> {
        let Self {
            hour, minute, half, ..
        } = self;
        let read = match half {
            Half::Whole => hour,
            Half::Am if hour > 12 => return Err(no_such_time()),
            Half::Pm if hour == 0 => return Err(no_such_time()),
            Half::Am => hour % 12,
            Half::Pm if hour < 12 => hour + 12,
            Half::Pm => hour,
            Half::Open => match part {
                Some(part) => part.hour(hour).ok_or_else(disagree)?,
                None => usual(hour),
            },
        };
        let time = time(read, minute)?;
        if part.is_some_and(|p| !p.allows(time)) {
            return Err(disagree());
        }
        Ok(time)
    }

    /// Every time of day the words can mean, the earlier first.
    pub(crate) fn readings(self, part: Option<Part>) -> Understood<Vec<Time>> {
        if self.half != Half::Open || self.hour > 12 || self.hour == 0 {
            return Ok(vec![self.read(part)?]);
        }
        Ok(vec![
            time(self.hour % 12, self.minute)?,
            time(self.hour % 12 + 12, self.minute)?,
        ])
    }
}

/// The rule for an hour without a half of the day: the one in which shops are open.
fn usual(hour: u32) -> u32 {
    match hour {
        1..=6 => hour + 12,
        _ => hour,
    }
}

fn time(hour: u32, minute: u32) -> Understood<Time> {
    match (i8::try_from(hour), i8::try_from(minute)) {
        (Ok(h), Ok(m)) => Time::new(h, m, 0, 0).map_err(|_| no_such_time()),
        _ => Err(no_such_time()),
    }
}

fn no_such_time() -> NotUnderstood {
    NotUnderstood::because("no such time")
}

fn disagree() -> NotUnderstood {
    NotUnderstood::because("the hour and the part of the day disagree")
}

/// How an hour is introduced.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// A word that only a time follows stands before it: "at", "between".
    pub(crate) expected: bool,
    /// It begins a range, so that "ten to five" is not ten minutes to five.
    pub(crate) range: bool,
}

/// The time of day that begins at `i`.
pub(crate) fn hour_at(p: &Phrase, i: usize, context: Context) -> Option<Found> {
    let sure = |hour, next| {
        Some(Found {
            hour,
            next,
            sure: true,
        })
    };
    match p.word(i) {
        "noon" | "midday" => return sure(Hour::whole(12, 0), i + 1),
        "midnight" => {
            let midnight = Hour {
                midnight: true,
                ..Hour::whole(0, 0)
            };
            return sure(midnight, i + 1);
        }
        _ => {}
    }
    beside_hour(p, i, context).or_else(|| plain(p, i, context))
}

/// "Half past two", "a quarter to three", "ten past four", "five minutes to six".
fn beside_hour(p: &Phrase, i: usize, context: Context) -> Option<Found> {
    let start = p.skip(i, &["a"]);
    let after = |at| {
        let found = plain(
            p,
            at,
            Context {
                expected: true,
                range: true,
            },
        )
        .or_else(|| hour_at_noon(p, at))?;
        (found.hour.minute == 0).then_some(found)
    };
    let sure = |hour: Hour, next| {
        Some(Found {
            hour,
            next,
            sure: true,
        })
    };
    let (minutes, connector, counted) = match p.word(start) {
        "half" if matches!(p.word(start + 1), "past" | "after") => {
            let found = after(start + 2)?;
            return sure(
                Hour {
                    minute: 30,
                    ..found.hour
                },
                found.next,
            );
        }
        "half" => {
            p.number(start + 1)?;
            let found = after(start + 1)?;
            return sure(
                Hour {
                    minute: 30,
                    ..found.hour
                },
                found.next,
            );
        }
        "quarter" => (15, start + 1, true),
        _ => {
            let minutes = p.number(start).filter(|n| (1..30).contains(n))?;
            if p.word(start + 1) == "minute" {
                (minutes, start + 2, true)
            } else {
                (minutes, start + 1, false)
            }
        }
    };
    let round = counted || matches!(minutes, 5 | 10 | 20 | 25);
    match p.word(connector) {
        "past" | "after" if round || p.word(connector) == "past" => {
            let found = after(connector + 1)?;
            sure(
                Hour {
                    minute: minutes,
                    ..found.hour
                },
                found.next,
            )
        }
        // "10 to noon" is a range: nobody calls 11:50 that.
        "to" | "before" | "till" if !counted && hour_at_noon(p, connector + 1).is_some() => None,
        "to" | "of" | "before" | "till" if round && (counted || !context.range) => {
            let found = after(connector + 1)?;
            sure(found.hour.less(minutes), found.next)
        }
        _ => None,
    }
}

fn hour_at_noon(p: &Phrase, i: usize) -> Option<Found> {
    let hour = match p.word(i) {
        "noon" | "midday" => Hour::whole(12, 0),
        "midnight" => Hour::whole(0, 0),
        _ => return None,
    };
    Some(Found {
        hour,
        next: i + 1,
        sure: true,
    })
}

/// Hours and minutes one after the other, in digits or words.
fn plain(p: &Phrase, i: usize, context: Context) -> Option<Found> {
    match *p.kind(i)? {
        Kind::Clock { hour, minute, zero } => {
            let said = if zero || hour > 12 || hour == 0 {
                Hour::whole(hour, minute)
            } else {
                Hour::open(hour, minute)
            };
            Some(with_half(p, said, i + 1, true))
        }
        Kind::Number {
            value,
            digits: 3 | 4,
            zero,
        } => {
            let (hour, minute) = (value / 100, value % 100);
            let said = if zero || hour > 12 || hour == 0 {
                Hour::whole(hour, minute)
            } else {
                Hour::open(hour, minute)
            };
            let possible = hour < 24 && minute < 60;
            let found = with_half(p, said, i + 1, false);
            let whole = matches!(p.word(found.next), "hour");
            let next = if whole { found.next + 1 } else { found.next };
            let sure = found.sure || whole;
            (possible && (sure || p.stands_alone(found.next))).then_some(Found {
                next,
                sure,
                ..found
            })
        }
        Kind::Number { value, zero, .. } => number(p, i, value, zero),
        Kind::Word(_) => sounded(p, i, context),
        _ => None,
    }
}

fn number(p: &Phrase, i: usize, value: u32, zero: bool) -> Option<Found> {
    let said = if value > 12 || value == 0 || zero {
        Hour::whole(value, 0)
    } else {
        Hour::open(value, 0)
    };
    if p.word(i + 1) == "hundred" {
        let next = p.skip(i + 2, &["hour"]);
        let whole = next > i + 2;
        let said = if whole { Hour::whole(value, 0) } else { said };
        return (value < 24).then(|| with_half(p, said, next, value > 9 || whole));
    }
    if let Some((minute, next)) = minutes_at(p, i + 1) {
        let said = Hour { minute, ..said };
        return (value < 24).then(|| with_half(p, said, next, true));
    }
    if let Some(next) = p.oclock(i + 1) {
        return Some(with_half(p, said, next, true));
    }
    if matches!(p.word(i + 1), "noon" | "midnight") && value == 12 {
        return hour_at_noon(p, i + 1);
    }
    if word::is_unit(p.word(i + 1)) || p.month(i + 1).is_some() && p.month(i + 1) != Some(5) {
        return None;
    }
    let found = with_half(p, said, i + 1, false);
    (value <= 25 || found.sure).then_some(found)
}

/// Minutes after an hour: "thirty", "15", "oh five".
fn minutes_at(p: &Phrase, i: usize) -> Option<(u32, usize)> {
    // "Four, thirty p.m." is one time: thirty is no hour.
    let minutes_only = p.number(i).is_some_and(|n| n > 24) && p.meridiem(i + 1).is_some();
    if p.broken(i) && !minutes_only {
        return None;
    }
    if p.kind(i) == Some(&Kind::Dash) {
        let minute = p.number(i + 1).filter(|m| (13..60).contains(m))?;
        return Some((minute, i + 2));
    }
    let (minute, next) = match p.kind(i)? {
        Kind::Number {
            value: value @ 10..=59,
            digits: 0 | 2,
            ..
        } => (*value, i + 1),
        Kind::Number {
            value, digits: 2, ..
        } if *value < 10 => (*value, i + 1),
        Kind::Number {
            value: 0,
            digits: 0,
            ..
        } => (p.number(i + 1).filter(|n| (1..10).contains(n))?, i + 2),
        Kind::Word(w) if w == "oh" || w == "o" => {
            (p.number(i + 1).filter(|n| (1..10).contains(n))?, i + 2)
        }
        _ => return None,
    };
    let counted = word::is_unit(p.word(next)) || p.word(next) == "people";
    let dated = p.month(next).is_some();
    (!counted && !dated).then_some((minute, next))
}

/// A word that sounds like the hour that is expected: "at for", "ate a.m.", "won o'clock".
fn sounded(p: &Phrase, i: usize, context: Context) -> Option<Found> {
    let value = word::sounds_like_hour(p.word(i))?;
    let said = Hour::open(value, 0);
    let natural = !matches!(p.word(i), "for" | "to");
    if !p.broken(i + 1) && p.meridiem(i + 1).is_some() {
        return Some(with_half(p, said, i + 1, true));
    }
    if let Some(next) = p.oclock(i + 1) {
        return Some(with_half(p, said, next, true));
    }
    if let Some((minute, next)) = minutes_at(p, i + 1) {
        // "For thirty" after "at" is 4:30; elsewhere it is the beginning of a duration.
        let found = with_half(p, Hour { minute, ..said }, next, true);
        let half = found.hour.half != Half::Open;
        return (context.expected || natural || half && minute > 12).then_some(found);
    }
    let follows = match p.word(i + 1) {
        "the" | "a" | "my" | "this" | "next" => false,
        _ => p.stands_alone(i + 1),
    };
    (context.expected && follows).then_some(Found {
        hour: said,
        next: i + 1,
        sure: true,
    })
}

/// "a.m." or "p.m." behind a time, if it is there.
fn with_half(p: &Phrase, hour: Hour, next: usize, sure: bool) -> Found {
    let Some(pm) = p.meridiem(next) else {
        return Found { hour, next, sure };
    };
    // "14:30 p.m." and "09:30 p.m." are said; the first is a 24-hour clock already.
    let half = if pm { Half::Pm } else { Half::Am };
    let next = if p.meridiem(next + 1) == Some(pm) {
        next + 2
    } else {
        next + 1
    };
    Found {
        hour: Hour { half, ..hour },
        next,
        sure: true,
    }
}
