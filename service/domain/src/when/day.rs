//! Days as said, before they are looked up in a calendar.

use jiff::civil::Weekday;

use super::calendar::{Feast, feast_at};
use super::phrase::Phrase;
use super::token::Kind;
use super::word;

/// A day as said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Day {
    /// Days after today: tomorrow is 1.
    Today(i64),
    /// Days after the day being talked about.
    Anchor(i64),
    /// Months after today.
    Ahead(i64),
    /// The next such weekday.
    Next(Weekday),
    /// The weekday of a week, counted from this one.
    InWeek(Weekday, i64),
    /// "The 15th", "March 12th", "March 12th 2026".
    OfMonth {
        day: u32,
        month: Option<i8>,
        year: Option<u32>,
    },
    /// "2026-03-12".
    Exact { year: u32, month: u32, day: u32 },
    /// "10/12": one of them is the month.
    Slashed {
        first: u32,
        second: u32,
        year: Option<u32>,
    },
    /// A day with a name, and the year if it was said.
    Feast(Feast, Option<u32>),
    /// "The last Friday of the month"; without a weekday, the n-th day.
    Nth {
        nth: i8,
        weekday: Option<Weekday>,
        month: InMonth,
    },
    /// So many days after another, or before it when negative; with a weekday, so many of that name.
    Beside {
        base: Box<Day>,
        weekday: Option<Weekday>,
        days: i64,
    },
    /// A day that is over: "yesterday".
    Past,
    /// Two days at once.
    Weekend,
}

/// The month in which a weekday is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InMonth {
    /// "Of the month": this one, or the next when it is over.
    Current,
    /// So many months from this one.
    Ahead(i64),
    /// By its name, and the year if it was said.
    Named(i8, Option<u32>),
}

/// The day that begins at `i`, weekdays by themselves included, and the position after it.
pub(crate) fn day_or_weekday_at(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let at = p.skip(p.skip(i, &["on"]), &["the", "this"]);
    let next = (p.word(at) == "next").then(|| p.weekday(at + 1)).flatten();
    day_at(p, i)
        .or_else(|| p.weekday(at).map(|w| (Day::Next(w), at + 1)))
        .or_else(|| next.map(|w| (Day::InWeek(w, 1), at + 2)))
}

/// The day that begins at `i`, unless it is a weekday by itself.
pub(crate) fn day_at(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let at = p.skip(p.skip(i, &["on"]), &["the", "this"]);
    nth(p, at)
        .or_else(|| counted(p, at))
        .or_else(|| beside(p, at))
        .or_else(|| by_word(p, i, at))
        .or_else(|| feast(p, i))
        .or_else(|| feast(p, at))
        .or_else(|| by_number(p, at))
}

fn by_word(p: &Phrase, i: usize, at: usize) -> Option<(Day, usize)> {
    Some(match p.word(at) {
        "today" | "tomorrow" => {
            let days = i64::from(p.word(at) == "tomorrow");
            match a_week_on(p, at + 1) {
                Some((more, next)) => (Day::Today(days + more), next),
                None => (Day::Today(days), at + 1),
            }
        }
        "yesterday" => (Day::Past, at + 1),
        "weekend" => (Day::Weekend, at + 1),
        "next" | "following" if p.word(at + 1) == "day" => (Day::Anchor(1), at + 2),
        "day" if at > i && p.word(at + 1) == "after" => (Day::Anchor(1), at + 2),
        "day" if at > i && p.word(at + 1) == "before" => (Day::Anchor(-1), at + 2),
        "same" if p.word(at + 1) == "day" => (Day::Anchor(0), at + 2),
        "that" if p.word(at + 1) == "day" => (Day::Anchor(0), at + 2),
        "last" | "previous" | "past" if p.weekday(at + 1).is_some() => (Day::Past, at + 2),
        "last" if matches!(p.word(at + 1), "week" | "month" | "year" | "night") => {
            (Day::Past, at + 2)
        }
        "next" if p.word(at + 1) == "weekend" => (Day::Weekend, at + 2),
        _ => return None,
    })
}

/// "Tuesday week", "tomorrow fortnight", "the Friday after this one": the days it is later.
pub(crate) fn a_week_on(p: &Phrase, i: usize) -> Option<(i64, usize)> {
    let that = p.word(i) == "after" && matches!(p.word(i + 1), "this" | "that");
    if that && p.number(i + 2) == Some(1) {
        return Some((7, i + 3));
    }
    let days = match p.word(i) {
        "week" => 7,
        "fortnight" => 14,
        _ => return None,
    };
    // The week of another day, and not that of the weekday before it.
    let other = match p.word(i + 1) {
        "of" => true,
        "after" | "from" | "before" => {
            matches!(p.word(i + 2), "next" | "now" | "that")
                || day_or_weekday_at(p, i + 2).is_some()
        }
        _ => false,
    };
    let own = !p.broken(i) && !other;
    own.then_some((days, i + 1))
}

fn feast(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let over = matches!(p.word(i), "last" | "previous" | "past");
    let at = p.skip(i, &["this", "next", "last", "previous", "past"]);
    let (feast, next) = feast_at(p, at)?;
    if over {
        return Some((Day::Past, next));
    }
    let (year, next) = year_at(p, next);
    Some((Day::Feast(feast, year), next))
}

/// "The last Friday of the month", "first Monday in December", "the last day of next month".
fn nth(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let nth = match (p.word(i), p.ordinal(i)) {
        ("last", _) => -1,
        (_, Some(n @ 1..=5)) => i8::try_from(n).ok()?,
        _ => return None,
    };
    let weekday = p.weekday(i + 1);
    if weekday.is_none() && p.word(i + 1) != "day" {
        return None;
    }
    let (month, next) = in_month(p, i + 2)?;
    Some((
        Day::Nth {
            nth,
            weekday,
            month,
        },
        next,
    ))
}

/// "Two Fridays from now", "in two Fridays".
fn counted(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let days = p.number(i).filter(|n| (1..=52).contains(n))?;
    let weekday = p.weekday(i + 1)?;
    let now = p.word(i + 2) == "from" && matches!(p.word(i + 3), "now" | "today");
    let next = if now { i + 4 } else { i + 2 };
    (now || p.before(i) == "in").then(|| {
        let day = Day::Beside {
            base: Box::new(Day::Today(0)),
            weekday: Some(weekday),
            days: days.into(),
        };
        (day, next)
    })
}

fn in_month(p: &Phrase, i: usize) -> Option<(InMonth, usize)> {
    let at = i + 1;
    if !matches!(p.word(i), "of" | "in") {
        return None;
    }
    if let Some(month) = p.month(at) {
        let (year, next) = year_at(p, at + 1);
        return Some((InMonth::Named(month, year), next));
    }
    let month = match p.word(at) {
        "next" => InMonth::Ahead(1),
        "this" => InMonth::Ahead(0),
        "the" => InMonth::Current,
        _ => return None,
    };
    (p.word(at + 1) == "month").then_some((month, at + 2))
}

/// "Day after tomorrow", "the Tuesday after Thanksgiving", "the Friday before March 12th".
fn beside(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    let nth = p.ordinal(i).filter(|n| (1..=5).contains(n));
    let i = i + usize::from(nth.is_some());
    let nth = i64::from(nth.unwrap_or(1));
    let weekday = p.weekday(i);
    if weekday.is_none() && p.word(i) != "day" {
        return None;
    }
    let days = match p.word(i + 1) {
        "after" | "following" => nth,
        "before" => -nth,
        _ => return None,
    };
    let (base, next) = day_or_weekday_at(p, i + 2)?;
    Some((
        Day::Beside {
            base: Box::new(base),
            weekday,
            days,
        },
        next,
    ))
}

fn by_number(p: &Phrase, i: usize) -> Option<(Day, usize)> {
    match *p.kind(i)? {
        Kind::Iso { year, month, day } => Some((Day::Exact { year, month, day }, i + 1)),
        Kind::Slashed {
            first,
            second,
            year,
        } => Some((
            Day::Slashed {
                first,
                second,
                year,
            },
            i + 1,
        )),
        Kind::Month(month) => month_first(p, i, month),
        Kind::Number { value, digits, .. } if digits <= 2 => {
            day_first(p, i, value).or_else(|| day_of_two(p, i, value))
        }
        Kind::Ordinal { value, spelled } => {
            day_first(p, i, value).or_else(|| alone(p, i, value, spelled))
        }
        _ => None,
    }
}

/// "March 12th", "March the twelfth, 2026".
fn month_first(p: &Phrase, i: usize, month: i8) -> Option<(Day, usize)> {
    let at = p.skip(i + 1, &["the"]);
    let day = match p.kind(at)? {
        Kind::Ordinal { value, .. } => *value,
        Kind::Number { value, digits, .. } if *digits <= 2 && *value <= 31 => {
            let hour = p.meridiem(at + 1).is_some()
                || p.oclock(at + 1).is_some()
                || word::is_unit(p.word(at + 1));
            if hour || *value == 0 {
                return None;
            }
            *value
        }
        _ => return None,
    };
    let (year, next) = year_at(p, at + 1);
    Some((
        Day::OfMonth {
            day,
            month: Some(month),
            year,
        },
        next,
    ))
}

/// "12 March", "the 12th of March 2026".
fn day_first(p: &Phrase, i: usize, day: u32) -> Option<(Day, usize)> {
    let at = p.skip(i + 1, &["of"]);
    let month = p.month(at)?;
    // "The 12th may work" has no month in it.
    let verb = month == 5 && at == i + 1 && matches!(p.word(at + 1), "be" | "work" | "i" | "not");
    let hour = p.number(i).is_some() && !p.is_day_of_month(i);
    if hour || verb || !(1..=39).contains(&day) {
        return None;
    }
    let (year, next) = year_at(p, at + 1);
    Some((
        Day::OfMonth {
            day,
            month: Some(month),
            year,
        },
        next,
    ))
}

/// "13 to 15 July": the first of two days whose month is said once.
fn day_of_two(p: &Phrase, i: usize, day: u32) -> Option<(Day, usize)> {
    let joined = matches!(p.word(i + 1), "to" | "and" | "or" | "through" | "until")
        || p.kind(i + 1) == Some(&Kind::Dash);
    let second = p.number(i + 2).or(p.ordinal(i + 2)).filter(|_| joined)?;
    match day_first(p, i + 2, second)?.0 {
        Day::OfMonth { month, year, .. } if (1..=31).contains(&day) => {
            Some((Day::OfMonth { day, month, year }, i + 1))
        }
        _ => None,
    }
}

/// A year behind a day and a month: four digits, or "twenty twenty six".
fn year_at(p: &Phrase, i: usize) -> (Option<u32>, usize) {
    let i = p.skip(i, &["of", "in"]);
    match p.kind(i) {
        Some(Kind::Number {
            value: value @ 1900..=2199,
            ..
        }) if p.meridiem(i + 1).is_none() && p.word(i + 1) != "hour" => (Some(*value), i + 1),
        Some(Kind::Number {
            value: 20,
            digits: 0,
            ..
        }) => match p.number(i + 1) {
            Some(below @ 20..=99) => (Some(2000 + below), i + 2),
            _ => (None, i),
        },
        _ => (None, i - usize::from(matches!(p.before(i), "of" | "in"))),
    }
}

/// "The 15th", whatever its number, so that a 32nd can be refused; "first" to "third" are words for much else, and need a neighbour that excludes it.
fn alone(p: &Phrase, i: usize, day: u32, spelled: bool) -> Option<(Day, usize)> {
    if p.weekday(i + 1).is_some() && !p.broken(i + 1) && day <= 5 {
        return None;
    }
    let introduced = p.before(i) == "the"
        || p.before(i) == "on"
        || i.checked_sub(1).is_some_and(|b| p.weekday(b).is_some());
    let of_month = p.says(i + 1, &["of", "the", "month"])
        || p.says(i + 1, &["of", "next", "month"])
        || p.says(i + 1, &["of", "this", "month"]);
    if spelled && !of_month && !(introduced && (day > 3 || p.stands_alone(i + 1))) {
        return None;
    }
    if matches!(
        p.word(i + 1),
        "thing" | "time" | "available" | "one" | "floor" | "street"
    ) {
        return None;
    }
    Some((
        Day::OfMonth {
            day,
            month: None,
            year: None,
        },
        i + 1,
    ))
}
