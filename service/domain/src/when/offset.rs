//! Lengths of time that lead somewhere: "in three days", "two weeks from Friday", "an hour later".

use super::amount::Amount;
use super::day::{Day, day_or_weekday_at};
use super::phrase::Phrase;
use super::scan::Item;

/// So long from now.
pub(crate) fn ahead(amount: Amount) -> Item {
    if amount.is_clock() {
        Item::Within(amount.minutes)
    } else if let Some(weeks) = amount.weeks() {
        Item::Weeks(weeks)
    } else if amount.months > 0 {
        Item::Day(Day::Ahead(amount.months))
    } else {
        Item::Day(Day::Today(amount.days))
    }
}

/// What a length of time is measured from; nothing when it is a duration.
pub(crate) fn from_there(p: &Phrase, amount: Amount, i: usize) -> Option<(Item, usize)> {
    match p.word(i) {
        "ago" => return Some((Item::Day(Day::Past), i + 1)),
        "from" if p.word(i + 1) == "now" => return Some((ahead(amount), i + 2)),
        "later" => return Some((shifted(amount, 1), i + 1)),
        "earlier" | "sooner" => return Some((shifted(amount, -1), i + 1)),
        "after" if p.word(i + 1) == "that" => return Some((shifted(amount, 1), i + 2)),
        "before" if p.word(i + 1) == "that" => return Some((shifted(amount, -1), i + 2)),
        _ => {}
    }
    if amount.is_clock() {
        return None;
    }
    let (sign, at) = match p.word(i) {
        "from" | "after" | "following" | "on" | "past" => (1, i + 1),
        "before" => (-1, i + 1),
        _ => (1, i),
    };
    let direct = at == i;
    if direct && amount.weeks().is_none() {
        return None;
    }
    let (base, next) = match day_or_weekday_at(p, at) {
        Some(found) => found,
        None if !direct && p.broken(at) && p.word(i) != "on" => {
            return Some((shifted(amount, sign), at));
        }
        None => return None,
    };
    if amount.months > 0 {
        let item = if base == Day::Today(0) {
            Item::Day(Day::Ahead(sign * amount.months))
        } else {
            Item::Vague
        };
        return Some((item, next));
    }
    let day = Day::Beside {
        base: Box::new(base),
        weekday: None,
        days: sign * amount.days,
    };
    Some((Item::Day(day), next))
}

/// So much later or earlier than what is being talked about.
fn shifted(amount: Amount, sign: i64) -> Item {
    if amount.is_clock() {
        Item::Shift(sign * amount.minutes)
    } else {
        Item::Day(Day::Anchor(sign * (amount.days + 30 * amount.months)))
    }
}
