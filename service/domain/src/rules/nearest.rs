//! What can be offered instead of a moment that cannot be booked.

use std::iter::Peekable;

use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};

use super::Rules;

impl Rules {
    /// Every slot that can be booked, nearest to `asked` first, of two as near the earlier; `asked` itself when it is one.
    ///
    /// Lazy: taking a few costs a few days' slots, wherever `asked` lies.
    pub fn nearest(&self, asked: &Zoned, now: &Zoned) -> impl Iterator<Item = Zoned> + use<> {
        let first = self.earliest(now);
        let last = self.last_day(now);
        let asked = asked.with_time_zone(self.zone.clone());
        let middle = asked.date().clamp(first.date(), last);
        let (later, at) = (self.clone(), asked.clone());
        let after = days(middle, last, Date::tomorrow)
            .flat_map(move |day| later.slots(day))
            .filter(move |slot| *slot >= at);
        let (earlier, at) = (self.clone(), asked.clone());
        let before = days(middle, first.date(), Date::yesterday)
            .flat_map(move |day| earlier.slots(day).into_iter().rev())
            .filter(move |slot| *slot < at);
        let soon = first.clone();
        Merge {
            after: after.filter(move |slot| *slot >= soon).peekable(),
            before: before.take_while(move |slot| *slot >= first).peekable(),
            asked,
        }
    }

    /// Every slot that can be booked and begins in a span, earliest first.
    pub fn within(
        &self,
        from: &Zoned,
        to: &Zoned,
        now: &Zoned,
    ) -> impl Iterator<Item = Zoned> + use<> {
        let first = self
            .earliest(now)
            .max(from.with_time_zone(self.zone.clone()));
        let to = to.with_time_zone(self.zone.clone());
        let rules = self.clone();
        days(
            first.date(),
            to.date().min(self.last_day(now)),
            Date::tomorrow,
        )
        .flat_map(move |day| rules.slots(day))
        .filter(move |slot| *slot >= first && *slot < to)
    }
}

/// The days from one to another, both included, in the direction of `next`; none when they lie the other way round.
fn days(
    from: Date,
    to: Date,
    next: fn(Date) -> Result<Date, jiff::Error>,
) -> impl Iterator<Item = Date> {
    let forward = next(from).is_ok_and(|next| next > from);
    let beyond = move |day: Date| if forward { day > to } else { day < to };
    std::iter::successors(Some(from), move |day| next(*day).ok())
        .take_while(move |day| !beyond(*day))
}

/// Two sequences that lead away from `asked`, in the order of their distance.
struct Merge<A: Iterator, B: Iterator> {
    after: Peekable<A>,
    before: Peekable<B>,
    asked: Zoned,
}

impl<A, B> Iterator for Merge<A, B>
where
    A: Iterator<Item = Zoned>,
    B: Iterator<Item = Zoned>,
{
    type Item = Zoned;

    fn next(&mut self) -> Option<Zoned> {
        let distance = |slot: &Zoned| -> SignedDuration { slot.duration_since(&self.asked).abs() };
        match (self.before.peek(), self.after.peek()) {
            (Some(before), Some(after)) if distance(before) <= distance(after) => {
                self.before.next()
            }
            (Some(_), None) => self.before.next(),
            _ => self.after.next(),
        }
    }
}
