//! Ranges of hours: "between 2 and 4", "after three", "before noon".

use super::clock::{Context, Found, hour_at};
use super::hour::Hour;
use super::phrase::Phrase;

/// A range of hours as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// From one hour to another.
    Between(Hour, Hour),
    /// From an hour on.
    After(Hour),
    /// Up to an hour.
    Before(Hour),
}

const FIRST: Context = Context {
    expected: true,
    range: true,
};

/// The range that begins at `i`, and the position after it; `moving` when "from … to …" tells of a
/// change and not of a range.
pub(crate) fn range_at(p: &Phrase, i: usize, moving: bool) -> Option<(Range, usize)> {
    between(p, i)
        .or_else(|| if moving { None } else { from_to(p, i) })
        .or_else(|| limit(p, i))
        .or_else(|| if moving { None } else { hour_to_hour(p, i) })
}

fn between(p: &Phrase, i: usize) -> Option<(Range, usize)> {
    if !matches!(p.word(i), "between" | "betwixt") {
        return None;
    }
    let from = hour_at(p, i + 1, FIRST)?;
    let dash = p.kind(from.next) == Some(&super::token::Kind::Dash);
    if !dash && !matches!(p.word(from.next), "and" | "to") {
        return None;
    }
    let to = hour_at(p, p.skip(from.next + 1, &["at"]), FIRST)?;
    Some((Range::Between(from.hour, to.hour), to.next))
}

fn from_to(p: &Phrase, i: usize) -> Option<(Range, usize)> {
    if p.word(i) != "from" {
        return None;
    }
    let from = hour_at(p, i + 1, FIRST)?;
    if let Some(to) = end(p, from.next) {
        return Some((Range::Between(from.hour, to.hour), to.next));
    }
    let joined = matches!(p.word(from.next), "to" | "until" | "till" | "through");
    if joined || !(from.sure || p.stands_alone(from.next)) {
        return None;
    }
    let next = p.skip(from.next, &["on", "onwards", "onward"]);
    let next = if p.weekday(next).is_some() && next > from.next && p.word(from.next) == "on" {
        from.next
    } else {
        next
    };
    Some((Range::After(from.hour), next))
}

/// The hour behind "to", "until" or a dash.
fn end(p: &Phrase, i: usize) -> Option<Found> {
    let joined = matches!(p.word(i), "to" | "until" | "till" | "through")
        || p.kind(i) == Some(&super::token::Kind::Dash);
    let found = joined.then(|| hour_at(p, i + 1, FIRST)).flatten()?;
    (found.sure || p.stands_alone(found.next)).then_some(found)
}

/// "2 to 4", "9:30-11", "at 3 or later".
fn hour_to_hour(p: &Phrase, i: usize) -> Option<(Range, usize)> {
    let i = p.skip(i, &["at", "around"]);
    let begins = p.number(i).is_some()
        || matches!(p.word(i), "noon" | "midday" | "quarter" | "half" | "a")
        || matches!(p.kind(i), Some(super::token::Kind::Clock { .. }));
    if !begins {
        return None;
    }
    let from = hour_at(p, i, Context::default())?;
    if p.word(from.next) == "or" && p.word(from.next + 1) == "later"
        || p.says(from.next, &["or", "after"])
    {
        return Some((Range::After(from.hour), from.next + 2));
    }
    if matches!(p.word(from.next), "onwards" | "onward") {
        return Some((Range::After(from.hour), from.next + 1));
    }
    if p.says(from.next, &["or", "earlier"]) || p.says(from.next, &["or", "before"]) {
        return Some((Range::Before(from.hour), from.next + 2));
    }
    let to = end(p, from.next)?;
    Some((Range::Between(from.hour, to.hour), to.next))
}

/// "After three", "no later than four", "until noon".
fn limit(p: &Phrase, i: usize) -> Option<(Range, usize)> {
    let (after, at) = match (p.word(i), p.word(i + 1)) {
        // "No, later than 11" takes something back.
        ("no", "earlier" | "later") if p.broken(i + 1) => return None,
        ("not" | "nothing", "before" | "until" | "till") => (true, i + 2),
        ("not" | "nothing", "after") => (false, i + 2),
        ("not" | "no", "earlier") if p.word(i + 2) == "than" => (true, i + 3),
        ("not" | "no", "later") if p.word(i + 2) == "than" => (false, i + 3),
        ("later", "than") => (true, i + 2),
        ("earlier", "than") => (false, i + 2),
        ("after" | "past", _) => (true, i + 1),
        ("before" | "by" | "until" | "till", _) => (false, i + 1),
        _ => return None,
    };
    let found = match p.word(at) {
        "lunch" if after => whole(13, at + 1),
        "lunch" => whole(12, at + 1),
        "work" if after => whole(17, at + 1),
        _ => hour_at(p, at, FIRST)?,
    };
    (found.sure || p.stands_alone(found.next)).then_some((
        if after {
            Range::After(found.hour)
        } else {
            Range::Before(found.hour)
        },
        found.next,
    ))
}

fn whole(hour: u32, next: usize) -> Found {
    Found {
        hour: Hour::whole(hour, 0),
        next,
        sure: true,
    }
}
