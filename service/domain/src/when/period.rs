//! Weekdays, weeks and months, and which of them is meant.

use super::day::{Day, a_week_on, day_at};
use super::part::part_at;
use super::phrase::Phrase;
use super::scan::{Item, Which};

/// A weekday by itself, with the word that says which.
pub(crate) fn weekday(p: &Phrase, i: usize) -> Option<(Item, usize)> {
    let i = p.skip(i, &["the"]);
    let (which, at) = match (p.word(i), p.word(i + 1)) {
        ("this" | "the" | "next", "coming") => (Which::Coming, i + 2),
        ("next", "next") => (Which::Week(2), i + 2),
        ("this", _) => (Which::This, i + 1),
        ("coming", _) => (Which::Coming, i + 1),
        ("next", _) => (Which::Week(1), i + 1),
        ("following", _) => (Which::Following, i + 1),
        _ => (Which::Bare, i),
    };
    let day = p.weekday(at)?;
    if p.says(at + 1, &["after", "next"]) && p.weekday(at + 3).is_none() {
        return Some((Item::Weekday(day, Which::Week(2)), at + 3));
    }
    if let Some((days, next)) = a_week_on(p, at + 1) {
        let day = Day::Beside {
            base: Box::new(Day::Next(day)),
            weekday: None,
            days,
        };
        return Some((Item::Day(day), next));
    }
    if p.word(at + 1) == "after" && (p.word(at + 2) == "that" || p.broken(at + 2)) {
        let next = p.skip(at + 2, &["that"]);
        return Some((Item::Weekday(day, Which::Following), next));
    }
    Some((Item::Weekday(day, which), at + 1))
}

/// "Next week", "the week after next", "next month", "this year", "in March".
pub(crate) fn period(p: &Phrase, i: usize) -> Option<(Item, usize)> {
    if p.says(i, &["week", "after", "next"]) {
        return Some((Item::Week(2), i + 3));
    }
    if p.word(i) == "week" {
        let weeks = match p.word(i + 1) {
            "of" => Some(0),
            "after" | "following" => Some(1),
            "before" => Some(-1),
            _ => None,
        };
        if let Some((weeks, (day, next))) = weeks.zip(day_at(p, i + 2)) {
            return Some((Item::WeekOf(day, weeks), next));
        }
    }
    if p.says(i, &["week", "after"]) && p.before(i) == "the" {
        return Some((Item::Day(Day::Anchor(7)), i + 2));
    }
    if matches!(p.word(i), "in" | "of" | "late" | "early" | "next" | "this")
        && p.month(i + 1).is_some()
        && day_at(p, i + 1).is_none()
    {
        return Some((Item::Period, i + 2));
    }
    let ordinal = p.ordinal(i).is_some() || p.word(i) == "last";
    if ordinal && p.word(i + 1) == "week" && matches!(p.word(i + 2), "of" | "in") {
        return Some((Item::Period, i + 3));
    }
    let edge = matches!(p.word(i), "end" | "beginning" | "start" | "middle");
    if edge && p.word(i + 1) == "of" && part_at(p, i).is_none() {
        // What it is the end of is read next.
        return Some((Item::Vague, i + 1));
    }
    if p.says(i, &["new", "year"]) {
        return Some((Item::Period, i + 2));
    }
    if p.word(i) == "few" && matches!(p.word(i + 1), "day" | "week" | "month") {
        return Some((Item::Vague, i + 2));
    }
    let ahead = match (p.word(i), p.word(i + 1)) {
        ("this", _) => 0,
        ("next", "next") => 2,
        ("next" | "following" | "coming", _) => 1,
        _ => return None,
    };
    let at = if ahead == 2 { i + 2 } else { i + 1 };
    let item = match p.word(at) {
        "week" => Item::Week(ahead),
        "month" => Item::Month(ahead),
        "year" => Item::Year(ahead),
        _ => return None,
    };
    Some((item, at + 1))
}
