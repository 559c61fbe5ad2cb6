//! Days with a name, and days by their place in a month.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::phrase::Phrase;

/// A day that has a name, as it is kept in Canada.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feast {
    /// The same day and month every year.
    Fixed(i8, i8),
    /// The n-th weekday of a month.
    Nth(i8, Weekday, i8),
    /// Days after Easter Sunday.
    Easter(i64),
    /// The Monday before May 25.
    Victoria,
    /// Days after the fourth Thursday of November: Black Friday is kept in Canada too.
    AmericanThanksgiving(i64),
}

/// Names, as words from the phrase; a longer name stands before one it begins with.
const NAMES: [(&[&str], Feast); 38] = [
    (&["new", "year", "eve"], Feast::Fixed(12, 31)),
    (&["new", "year", "day"], Feast::Fixed(1, 1)),
    (&["new", "year"], Feast::Fixed(1, 1)),
    (&["christmas", "eve"], Feast::Fixed(12, 24)),
    (&["christmas", "day"], Feast::Fixed(12, 25)),
    (&["christmas"], Feast::Fixed(12, 25)),
    (&["boxing", "day"], Feast::Fixed(12, 26)),
    (&["canada", "day"], Feast::Fixed(7, 1)),
    (&["remembrance", "day"], Feast::Fixed(11, 11)),
    (&["valentine", "day"], Feast::Fixed(2, 14)),
    (&["valentines", "day"], Feast::Fixed(2, 14)),
    (&["halloween"], Feast::Fixed(10, 31)),
    (&["st", "patrick", "day"], Feast::Fixed(3, 17)),
    (&["saint", "patrick", "day"], Feast::Fixed(3, 17)),
    (
        &["truth", "and", "reconciliation", "day"],
        Feast::Fixed(9, 30),
    ),
    (
        &["national", "day", "for", "truth", "and", "reconciliation"],
        Feast::Fixed(9, 30),
    ),
    (&["labour", "day"], Feast::Nth(1, Weekday::Monday, 9)),
    (&["thanksgiving", "day"], Feast::Nth(2, Weekday::Monday, 10)),
    (&["thanksgiving"], Feast::Nth(2, Weekday::Monday, 10)),
    (&["family", "day"], Feast::Nth(3, Weekday::Monday, 2)),
    (&["louis", "riel", "day"], Feast::Nth(3, Weekday::Monday, 2)),
    (&["bc", "day"], Feast::Nth(1, Weekday::Monday, 8)),
    (
        &["british", "columbia", "day"],
        Feast::Nth(1, Weekday::Monday, 8),
    ),
    (&["saskatchewan", "day"], Feast::Nth(1, Weekday::Monday, 8)),
    (&["simcoe", "day"], Feast::Nth(1, Weekday::Monday, 8)),
    (&["natal", "day"], Feast::Nth(1, Weekday::Monday, 8)),
    (&["civic", "holiday"], Feast::Nth(1, Weekday::Monday, 8)),
    (&["heritage", "day"], Feast::Nth(1, Weekday::Monday, 8)),
    (&["mother", "day"], Feast::Nth(2, Weekday::Sunday, 5)),
    (&["mothers", "day"], Feast::Nth(2, Weekday::Sunday, 5)),
    (&["father", "day"], Feast::Nth(3, Weekday::Sunday, 6)),
    (&["fathers", "day"], Feast::Nth(3, Weekday::Sunday, 6)),
    (&["victoria", "day"], Feast::Victoria),
    (
        &["national", "indigenous", "peoples", "day"],
        Feast::Fixed(6, 21),
    ),
    (&["palm", "sunday"], Feast::Easter(-7)),
    (&["easter", "sunday"], Feast::Easter(0)),
    (&["easter", "monday"], Feast::Easter(1)),
    (&["easter"], Feast::Easter(0)),
];

impl Feast {
    /// Its day in a year; none outside the years a calendar can hold.
    pub(crate) fn in_year(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(nth, weekday, month) => nth_weekday(year, month, nth, weekday),
            Self::AmericanThanksgiving(days) => nth_weekday(year, 11, 4, Weekday::Thursday)?
                .checked_add(Span::new().try_days(days).ok()?)
                .ok(),
            Self::Easter(days) => easter(year)?
                .checked_add(Span::new().try_days(days).ok()?)
                .ok(),
            Self::Victoria => Date::new(year, 5, 25)
                .ok()?
                .nth_weekday(-1, Weekday::Monday)
                .ok(),
        }
    }
}

/// The n-th such weekday of a month, from its end when n is negative.
pub(crate) fn nth_weekday(year: i16, month: i8, nth: i8, weekday: Weekday) -> Option<Date> {
    Date::new(year, month, 1)
        .ok()?
        .nth_weekday_of_month(nth, weekday)
        .ok()
}

/// Easter Sunday, by the Gregorian computus in the form of Meeus, Jones and Butcher.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(
        year,
        i8::try_from(sum / 31).ok()?,
        i8::try_from(sum % 31 + 1).ok()?,
    )
    .ok()
}

/// The day with a name that begins at `i`, and the position after it.
pub(crate) fn feast_at(p: &Phrase, i: usize) -> Option<(Feast, usize)> {
    if p.word(i) == "good" && p.weekday(i + 1) == Some(Weekday::Friday) && !p.broken(i + 1) {
        return Some((Feast::Easter(-2), i + 2));
    }
    // "In the new year" is no day.
    if p.says(i, &["new", "year"]) && p.before(i) == "the" && p.word(i + 2) != "day" {
        return None;
    }
    if p.word(i) == "black" && p.weekday(i + 1) == Some(Weekday::Friday) {
        return Some((Feast::AmericanThanksgiving(1), i + 2));
    }
    if p.says(i, &["american", "thanksgiving"]) {
        return Some((Feast::AmericanThanksgiving(0), p.skip(i + 2, &["day"])));
    }
    let (name, feast) = NAMES.iter().find(|(name, _)| {
        name.iter().enumerate().all(|(n, w)| match *w {
            "year" => matches!(p.word(i + n), "year" | "years"),
            "monday" => p.weekday(i + n) == Some(Weekday::Monday),
            "sunday" => p.weekday(i + n) == Some(Weekday::Sunday),
            w => p.word(i + n) == w,
        })
    })?;
    Some((*feast, i + name.len()))
}
