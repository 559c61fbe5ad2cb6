//! The grammar: which rule applies at each position of a phrase.

use jiff::civil::Weekday;

use super::amount::{Amount, amount_at};
use super::day::{Day, a_week_on, day_at, day_or_weekday_at};
use super::hour::{Context, Half, Hour, hour_at};
use super::part::{Part, part_at};
use super::phrase::Phrase;
use super::span::{Range, range_at};
use super::speech;
use super::token::Kind;

/// Something about a time that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// A day.
    Day(Day),
    /// A weekday by itself.
    Weekday(Weekday, Which),
    /// A week, counted from this one.
    Week(i64),
    /// Weeks after today: "in two weeks".
    Weeks(i64),
    /// A month, counted from this one.
    Month(i64),
    /// A year, counted from this one.
    Year(i64),
    /// A time of day.
    Hour(Hour),
    /// The time of day being talked about.
    SameHour,
    /// Minutes from the moment being talked about.
    Shift(i64),
    /// Minutes from now.
    Within(i64),
    /// The week in which a day is, or so many weeks from it.
    WeekOf(Day, i64),
    /// A part of the day.
    Part(Part),
    /// A range of hours.
    Range(Range),
    /// What follows takes the place of what was said before.
    Correction,
    /// What follows is not wanted.
    Not,
    /// What was said before is not wanted.
    Reject,
    /// Something about the calendar that is no day: "by Friday", "in a few days".
    Vague,
    /// A month or a week of it: "in March", "the second week of May". No weekday can be placed in it.
    Period,
}

/// Which of the weekdays of that name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// "Tuesday".
    Bare,
    /// "This Tuesday".
    This,
    /// "This coming Tuesday".
    Coming,
    /// "The following Tuesday".
    Following,
    /// "Next Tuesday" is the one of week 1, "Tuesday after next" of week 2.
    Week(i64),
}

/// An item and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) item: Item,
    pub(crate) begin: usize,
    pub(crate) end: usize,
    /// Whether the sentence is broken between the item before and this one.
    pub(crate) apart: bool,
}

/// Everything about a time in a phrase, in order.
pub(crate) fn items(p: &Phrase) -> Vec<Placed> {
    let mut scan = Scan {
        p,
        items: Vec::new(),
        moving: false,
    };
    let mut i = 0;
    while i < p.len() {
        i = scan.step(i).max(i + 1);
    }
    scan.items
}

struct Scan<'a> {
    p: &'a Phrase,
    items: Vec<Placed>,
    /// A verb of change was heard: "move it from Tuesday to Thursday" is no range.
    moving: bool,
}

impl Scan<'_> {
    /// Applies the first rule that fits at `i`; the position after it, or `i` when none does.
    fn step(&mut self, i: usize) -> usize {
        let p = self.p;
        if let Some((range, next)) = range_at(p, i, self.moving).filter(|_| self.range_fits(i)) {
            return self.put(Item::Range(range), i, next);
        }
        if let Some((item, next)) = speech::turn_at(p, i) {
            return self.put(item, i, next);
        }
        if let Some(next) = speech::aside_at(p, i) {
            return next;
        }
        self.moving |= speech::is_move(p.word(i));
        if self.moving && p.word(i) == "to" && !self.items.is_empty() && self.time_follows(i + 1) {
            return self.put(Item::Correction, i, i + 1);
        }
        self.limit_by_day(i)
            .or_else(|| self.calendar(i))
            .or_else(|| self.part(i))
            .or_else(|| self.hour(i))
            .or_else(|| self.amount(i))
            .unwrap_or(i)
    }

    fn put(&mut self, item: Item, begin: usize, end: usize) -> usize {
        let before = self.items.last().map_or(0, |last| last.end);
        let apart = (before..=begin).any(|at| self.p.broken(at));
        self.items.push(Placed {
            item,
            begin,
            end,
            apart,
        });
        end
    }

    /// A range that begins with a bare number needs what any bare number needs on its left.
    fn range_fits(&self, i: usize) -> bool {
        !matches!(self.p.kind(i), Some(Kind::Number { .. })) || self.left_fits(i)
    }

    fn time_follows(&self, i: usize) -> bool {
        let expected = Context {
            expected: true,
            range: false,
        };
        day_or_weekday_at(self.p, i).is_some()
            || self.p.word(i) == "next"
            || hour_at(self.p, i, expected).is_some()
    }

    /// "By Friday", "after Tuesday": a limit, and not that day.
    fn limit_by_day(&mut self, i: usize) -> Option<usize> {
        if !matches!(
            self.p.word(i),
            "before" | "after" | "by" | "until" | "till" | "since"
        ) {
            return None;
        }
        let (_, next) = day_or_weekday_at(self.p, i + 1)?;
        Some(self.put(Item::Vague, i, next))
    }

    fn calendar(&mut self, i: usize) -> Option<usize> {
        let p = self.p;
        if let Some(next) = speech::same_time(p, i) {
            return Some(self.put(Item::SameHour, i, next));
        }
        if let Some((day, next)) = day_at(p, i) {
            return Some(self.put(Item::Day(day), i, next));
        }
        if let Some((item, next)) = weekday(p, i).or_else(|| period(p, i)) {
            return Some(self.put(item, i, next));
        }
        self.day_of_month(i)
    }

    /// "Friday 15": above twelve, a number behind a weekday is a day of the month.
    fn day_of_month(&mut self, i: usize) -> Option<usize> {
        let day = self.p.number(i).filter(|n| (13..=31).contains(n))?;
        let behind = self.last_ends(i)
            && matches!(self.items.last()?.item, Item::Weekday(..))
            && self.p.stands_alone(i + 1)
            && self.p.number(i + 1).is_none();
        behind.then(|| {
            let day = Day::OfMonth {
                day,
                month: None,
                year: None,
            };
            self.put(Item::Day(day), i, i + 1)
        })
    }

    fn part(&mut self, i: usize) -> Option<usize> {
        let p = self.p;
        if p.word(i) == "tonight" {
            self.put(Item::Day(Day::Today(0)), i, i + 1);
            return Some(self.put(Item::Part(Part::Night), i, i + 1));
        }
        if p.word(i) == "this"
            && let Some((part, next)) = part_at(p, i + 1)
        {
            self.put(Item::Day(Day::Today(0)), i, next);
            return Some(self.put(Item::Part(part), i, next));
        }
        if let Some((part, next)) = part_at(p, i) {
            let part = self.narrowed(part, i);
            return Some(self.put(Item::Part(part), i, next));
        }
        // "Friday a.m."
        let pm = p.meridiem(i)?;
        let day = self.last_ends(i)
            && matches!(self.items.last()?.item, Item::Day(_) | Item::Weekday(..));
        day.then(|| {
            let part = if pm { Part::Afternoon } else { Part::Morning };
            self.put(Item::Part(part), i, i + 1)
        })
    }

    /// "Late Friday afternoon" is late in it.
    fn narrowed(&self, part: Part, i: usize) -> Part {
        let day = self.items.last().filter(|last| last.end == i);
        day.map_or(part, |day| part.piece(self.p.before(day.begin)))
    }

    fn hour(&mut self, i: usize) -> Option<usize> {
        let p = self.p;
        if matches!(p.word(i), "at" | "around" | "about" | "say" | "near" | "by") {
            let expected = Context {
                expected: true,
                range: false,
            };
            let at = p.skip(i + 1, &["about", "around", "the", "at"]);
            let found = hour_at(p, at, expected)?;
            let at = p.word(i) == "at" && !speech::is_address(p, found.next);
            let fits = found.sure || at || p.stands_alone(found.next);
            return fits.then(|| self.put(Item::Hour(found.hour), i, found.next));
        }
        let found = hour_at(p, i, Context::default())?;
        let lone = p.stands_alone(found.next)
            && found.hour.half == Half::Open
            && (self.left_fits(i) || self.choice_follows(found.next))
            && !(is_one(p, i) && !(i == 0 || p.broken(i)));
        (found.sure || lone).then(|| self.put(Item::Hour(found.hour), i, found.next))
    }

    /// "2 or 3": both are times, so that neither is taken for the only one.
    fn choice_follows(&self, i: usize) -> bool {
        self.p.word(i) == "or" && hour_at(self.p, i + 1, Context::default()).is_some()
    }

    fn last_ends(&self, i: usize) -> bool {
        self.items.last().is_some_and(|last| last.end == i)
    }

    /// Whether what stands before `i` lets a bare number be a time.
    fn left_fits(&self, i: usize) -> bool {
        i == 0
            || self.p.broken(i)
            || self.last_ends(i)
            || matches!(
                self.p.before(i),
                "for"
                    | "do"
                    | "lets"
                    | "let"
                    | "or"
                    | "and"
                    | "it"
                    | "say"
                    | "okay"
                    | "ok"
                    | "yes"
                    | "yeah"
                    | "at"
                    | "from"
            )
    }

    fn amount(&mut self, i: usize) -> Option<usize> {
        let p = self.p;
        if matches!(p.word(i), "in" | "within") {
            let at = p.skip(i + 1, &["about", "around"]);
            let (amount, next) = amount_at(p, at)?;
            let next = p.skip(next, &["time"]);
            return Some(self.put(ahead(amount), i, next));
        }
        let (amount, next) = amount_at(p, i)?;
        if let Some((item, next)) = from_there(p, amount, next) {
            return Some(self.put(item, i, next));
        }
        Some(next)
    }
}

fn is_one(p: &Phrase, i: usize) -> bool {
    matches!(
        p.kind(i),
        Some(Kind::Number {
            value: 1,
            digits: 0,
            ..
        })
    )
}

/// So long from now.
fn ahead(amount: Amount) -> Item {
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
fn from_there(p: &Phrase, amount: Amount, i: usize) -> Option<(Item, usize)> {
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
        return (base == Day::Today(0)).then_some((Item::Day(Day::Ahead(amount.months)), next));
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

/// A weekday by itself, with the word that says which.
fn weekday(p: &Phrase, i: usize) -> Option<(Item, usize)> {
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
fn period(p: &Phrase, i: usize) -> Option<(Item, usize)> {
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
