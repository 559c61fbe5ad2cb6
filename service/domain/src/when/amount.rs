//! Lengths of time: "an hour and a half", "three weeks".

use super::phrase::Phrase;

/// A length of time as said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) months: i64,
    pub(crate) days: i64,
    pub(crate) minutes: i64,
}

impl Amount {
    /// The whole weeks it is, when it was said in weeks.
    pub(crate) fn weeks(self) -> Option<i64> {
        (self.days > 0 && self.days % 7 == 0 && self.months == 0 && self.minutes == 0)
            .then_some(self.days / 7)
    }

    /// Whether it moves the clock and not the calendar.
    pub(crate) fn is_clock(self) -> bool {
        self.minutes > 0 && self.days == 0 && self.months == 0
    }
}

/// The length of time that begins at `i`, and the position after it.
pub(crate) fn amount_at(p: &Phrase, i: usize) -> Option<(Amount, usize)> {
    let start = p.skip(i, &["a", "an", "another"]);
    if p.word(start) == "half" {
        let unit = p.skip(start + 1, &["a", "an"]);
        return (p.word(unit) == "hour").then(|| (minutes(30), unit + 1));
    }
    if p.says(start, &["quarter", "of", "an", "hour"]) {
        return Some((minutes(15), start + 4));
    }
    if p.number(start) == Some(3) && p.says(start + 1, &["quarters", "of", "an", "hour"]) {
        return Some((minutes(45), start + 5));
    }
    let (count, unit) = match p.number(start) {
        Some(count) => (i64::from(count), p.skip(start + 1, &["of", "more"])),
        None if start > i || bare_unit(p, i) => (1, start),
        None => return None,
    };
    let (half, unit) = if p.says(unit, &["and", "a", "half"]) {
        (true, unit + 3)
    } else {
        (false, unit)
    };
    let one = one_of(p.word(unit))?;
    let (more, next) = remainder(p, unit + 1, one);
    let half = if half { one.minutes / 2 } else { 0 };
    Some((
        Amount {
            months: one.months * count,
            days: one.days * count,
            minutes: one.minutes * count + half + more,
        },
        next,
    ))
}

/// "Week from Tuesday", "fortnight from today".
fn bare_unit(p: &Phrase, i: usize) -> bool {
    matches!(p.word(i), "week" | "fortnight" | "month") && p.word(i + 1) == "from"
}

/// "And a half", "and fifteen minutes" behind hours.
fn remainder(p: &Phrase, i: usize, one: Amount) -> (i64, usize) {
    if one.minutes != 60 {
        return (0, i);
    }
    if p.says(i, &["and", "a", "half"]) {
        return (30, i + 3);
    }
    if p.says(i, &["and", "a", "quarter"]) {
        return (15, i + 3);
    }
    let at = p.skip(i, &["and"]);
    match p.number(at) {
        Some(n) if p.word(at + 1) == "minute" => (i64::from(n), at + 2),
        _ => (0, i),
    }
}

fn minutes(minutes: i64) -> Amount {
    Amount {
        minutes,
        ..Amount::default()
    }
}

fn one_of(unit: &str) -> Option<Amount> {
    let (months, days, minutes) = match unit {
        "minute" => (0, 0, 1),
        "hour" => (0, 0, 60),
        "day" => (0, 1, 0),
        "week" => (0, 7, 0),
        "fortnight" => (0, 14, 0),
        "month" => (1, 0, 0),
        "year" => (12, 0, 0),
        _ => return None,
    };
    Some(Amount {
        months,
        days,
        minutes,
    })
}
