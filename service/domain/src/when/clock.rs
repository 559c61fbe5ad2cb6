//! How times of day are said: "two thirty", "half past three", "14:30", "at ate".

use super::hour::{Half, Hour};
use super::phrase::Phrase;
use super::token::Kind;
use super::word;

/// An hour found in a phrase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) hour: Hour,
    /// The position after it.
    pub(crate) next: usize,
    /// Whether it is a time by itself; a lone number needs a neighbour that makes it one.
    pub(crate) sure: bool,
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
    noon(p, i)
        .or_else(|| beside_hour(p, i, context))
        .or_else(|| plain(p, i, context))
}

/// "Half past two", "a quarter to three", "ten past four", "five minutes to six".
fn beside_hour(p: &Phrase, i: usize, context: Context) -> Option<Found> {
    let start = p.skip(i, &["a"]);
    if p.word(start) == "half" {
        let past = p.skip(start + 1, &["past", "after"]);
        if past == start + 1 {
            p.number(past)?;
        }
        let found = full_hour(p, past)?;
        return Some(Found {
            hour: Hour {
                minute: 30,
                ..found.hour
            },
            ..found
        });
    }
    let (minutes, connector, counted) = if p.word(start) == "quarter" {
        (15, start + 1, true)
    } else {
        let minutes = p.number(start).filter(|n| (1..30).contains(n))?;
        let counted = p.word(start + 1) == "minute";
        (minutes, start + 1 + usize::from(counted), counted)
    };
    let round = counted || matches!(minutes, 5 | 10 | 20 | 25);
    match p.word(connector) {
        "after" if !round => None,
        "past" | "after" => {
            let found = full_hour(p, connector + 1)?;
            Some(Found {
                hour: Hour {
                    minute: minutes,
                    ..found.hour
                },
                ..found
            })
        }
        // "10 to noon" is a range: nobody calls 11:50 that.
        "to" | "before" | "till" if !counted && noon(p, connector + 1).is_some() => None,
        "to" | "of" | "before" | "till" if round && (counted || !context.range) => {
            let found = full_hour(p, connector + 1)?;
            Some(Found {
                hour: found.hour.less(minutes),
                ..found
            })
        }
        _ => None,
    }
}

/// The hour that minutes are counted from.
fn full_hour(p: &Phrase, i: usize) -> Option<Found> {
    let context = Context {
        expected: true,
        range: true,
    };
    let found = plain(p, i, context).or_else(|| noon(p, i))?;
    (found.hour.minute == 0).then_some(Found {
        sure: true,
        ..found
    })
}

fn noon(p: &Phrase, i: usize) -> Option<Found> {
    let hour = match p.word(i) {
        "noon" | "midday" => Hour::whole(12, 0),
        "midnight" => Hour {
            midnight: true,
            ..Hour::whole(0, 0)
        },
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
            let next = p.oclock(i + 1).unwrap_or(i + 1);
            match noon(p, next) {
                Some(found) if (hour, minute) == (12, 0) => Some(found),
                _ => Some(with_half(p, said, next, true)),
            }
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
        return noon(p, i + 1);
    }
    if word::is_unit(p.word(i + 1)) || p.is_day_of_month(i) && p.month(i + 1) != Some(5) {
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
    let dated = p.is_day_of_month(next - 1);
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
    let half = if p.says(next, &["in", "the"]) {
        next + 2
    } else {
        next
    };
    let Some(pm) = p.meridiem(half) else {
        return Found { hour, next, sure };
    };
    let next = half;
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
