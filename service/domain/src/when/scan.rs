//! The grammar: which rule applies at each position of a phrase.

use jiff::civil::Weekday;

use super::amount::amount_at;
use super::clock::{Context, hour_at};
use super::day::{Day, day_at, day_or_weekday_at};
use super::hour::{Half, Hour};
use super::offset::{ahead, from_there};
use super::part::{Part, part_at};
use super::period::{period, weekday};
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
    /// What follows is beside what was said before: "or", "and".
    Or,
    /// What follows takes the place of what was said before.
    Correction,
    /// What follows is not wanted.
    Not,
    /// What was said before is not wanted.
    Reject,
    /// Something about the calendar that is no day: "by Friday", "in a few days".
    Vague,
    /// A time zone, by its name in the bundled database; none when it is not one of Canada's.
    Zone(Option<&'static str>),
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
        if matches!(p.word(i), "or" | "and") && self.last_ends(i) {
            return self.put(Item::Or, i, i + 1);
        }
        if let Some((zone, next)) = speech::zone_at(p, i).filter(|_| self.last_ends(i)) {
            return self.put(Item::Zone(zone), i, next);
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

    /// "March 20 or 21": the second day is in the same month.
    fn another_day_of_month(&mut self, i: usize) -> Option<usize> {
        let joint = i.checked_sub(1)?;
        let range = matches!(self.p.word(joint), "to" | "through")
            || self.p.kind(joint) == Some(&Kind::Dash);
        let choice = matches!(self.p.word(joint), "or" | "and");
        let least = if range { 13 } else { 1 };
        let day = self.p.number(i).filter(|n| (least..=31).contains(n))?;
        let last = self.items.iter().rfind(|last| last.item != Item::Or)?;
        let Item::Day(Day::OfMonth { month, year, .. }) = last.item else {
            return None;
        };
        let joined = (range || choice) && last.end == joint && self.p.stands_alone(i + 1);
        joined.then(|| self.put(Item::Day(Day::OfMonth { day, month, year }), i, i + 1))
    }

    /// "Friday 15": above twelve, a number behind a weekday is a day of the month.
    fn day_of_month(&mut self, i: usize) -> Option<usize> {
        if let Some(next) = self.another_day_of_month(i) {
            return Some(next);
        }
        let day = self.p.number(i).filter(|n| (13..=31).contains(n))?;
        let behind = self.last_ends(i)
            && matches!(self.items.last()?.item, Item::Weekday(..))
            && self.p.stands_alone(i + 1)
            && hour_at(self.p, i, Context::default()).is_none_or(|hour| !hour.sure);
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
            let hour = found.hour.half == Half::Open || four_digits(p, at);
            let at = p.word(i) == "at" && !speech::is_address(p, found.next);
            // "About 20" may be anything.
            let hour = hour && p.stands_alone(found.next);
            let fits = found.sure || at || hour;
            return fits.then(|| self.put(Item::Hour(found.hour), i, found.next));
        }
        let found = hour_at(p, i, Context::default())?;
        let lone = p.stands_alone(found.next)
            && (found.hour.half == Half::Open || four_digits(p, i))
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
            // "Come in a week from Tuesday" is not in a week.
            if matches!(
                p.word(next),
                "from" | "after" | "before" | "today" | "tomorrow"
            ) && let Some((item, next)) = from_there(p, amount, next)
            {
                return Some(self.put(item, i, next));
            }
            let next = p.skip(next, &["time"]);
            let item = if p.word(i) == "within" {
                Item::Vague
            } else {
                ahead(amount)
            };
            return Some(self.put(item, i, next));
        }
        let (amount, next) = amount_at(p, i)?;
        if let Some((item, next)) = from_there(p, amount, next) {
            return Some(self.put(item, i, next));
        }
        Some(next)
    }
}

/// "1430", but no year.
fn four_digits(p: &Phrase, i: usize) -> bool {
    matches!(
        p.kind(i),
        Some(Kind::Number { value, digits: 3 | 4, .. }) if !(1900..2100).contains(value)
    )
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
