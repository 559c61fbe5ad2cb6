//! What was said about each side of a time, after corrections.

use jiff::civil::Weekday;

use super::day::Day;
use super::hour::{Half, Hour};
use super::part::Part;
use super::scan::{Item, Placed, Which};
use super::span::Range;

/// The values one side was given; a correction replaces those from before it.
#[derive(Debug, Clone)]
pub(crate) struct Slot<T> {
    values: Vec<T>,
    segment: usize,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            segment: 0,
        }
    }
}

impl<T: PartialEq> Slot<T> {
    fn put(&mut self, value: T, segment: usize) {
        self.outdate(segment);
        if !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    /// Forgets what was said before the latest correction.
    fn outdate(&mut self, segment: usize) {
        if self.segment < segment {
            self.values.clear();
            self.segment = segment;
        }
    }

    /// What it was given since the latest correction.
    fn current(&self, segment: usize) -> &[T] {
        if self.segment == segment {
            &self.values
        } else {
            &[]
        }
    }

    /// What it was given.
    pub(crate) fn all(&self) -> &[T] {
        &self.values
    }

    /// The first of it.
    pub(crate) fn first(&self) -> Option<&T> {
        self.values.first()
    }
}

/// All sides of a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) days: Slot<Day>,
    pub(crate) weekdays: Slot<(Weekday, Which)>,
    pub(crate) week: Slot<i64>,
    pub(crate) weeks: Slot<i64>,
    pub(crate) week_of: Slot<(Day, i64)>,
    pub(crate) month: Slot<i64>,
    pub(crate) year: Slot<i64>,
    pub(crate) hours: Slot<Hour>,
    pub(crate) same_hour: Slot<()>,
    pub(crate) shift: Slot<i64>,
    pub(crate) within: Slot<i64>,
    pub(crate) parts: Slot<Part>,
    pub(crate) ranges: Slot<Range>,
    pub(crate) zones: Slot<Option<&'static str>>,
    /// Two days were said with "or" or "and" between them.
    pub(crate) choice: Slot<()>,
    pub(crate) vague: bool,
    pub(crate) period: bool,
}

impl Draft {
    /// Sorts items, leaving out what the speaker did not want.
    pub(crate) fn of(items: &[Placed]) -> Self {
        let mut draft = Self::default();
        let mut segment = 0;
        let mut refused: Option<&Day> = None;
        let mut i = 0;
        while let Some(placed) = items.get(i) {
            i += 1;
            match &placed.item {
                Item::Correction => segment += 1,
                Item::Reject => draft = Self::default(),
                Item::Or if is_choice(&items[..i]) && items.get(i).is_some_and(follows(placed)) => {
                    draft.choice.put((), segment);
                }
                Item::Not => {
                    let dropped = unwanted(placed, &items[i..]);
                    refused = items[i..i + dropped].iter().find_map(|placed| {
                        let Item::Day(day) = &placed.item else {
                            return None;
                        };
                        Some(day)
                    });
                    i += dropped;
                }
                // "Not tomorrow, the day after": after that day.
                Item::Day(Day::Anchor(days)) if refused.is_some() => {
                    let base = Box::new(refused.take().cloned().unwrap_or(Day::Today(0)));
                    let day = Day::Beside {
                        base,
                        weekday: None,
                        days: *days,
                    };
                    draft.put(&Item::Day(day), segment);
                }
                item => draft.put(item, segment),
            }
        }
        draft.forget_the_past();
        draft
    }

    /// "I missed it yesterday, can I come tomorrow": beside a day ahead, a day that is over is the
    /// story and not the wish.
    fn forget_the_past(&mut self) {
        let other = self.days.values.iter().any(|day| *day != Day::Past);
        if other || !self.weekdays.values.is_empty() {
            self.days.values.retain(|day| *day != Day::Past);
        }
    }

    fn put(&mut self, item: &Item, segment: usize) {
        match item {
            Item::Day(day) => self.put_day(day, segment),
            Item::Weekday(day, which) => self.put_weekday(*day, *which, segment),
            Item::Week(n) => {
                self.weeks.outdate(segment);
                self.forget_the_week(segment);
                self.week.put(*n, segment);
            }
            Item::Weeks(n) => {
                self.days.outdate(segment);
                self.week.outdate(segment);
                self.weeks.put(*n, segment);
            }
            Item::WeekOf(day, n) => self.week_of.put((day.clone(), *n), segment),
            Item::Month(n) => {
                self.forget_the_month(segment);
                self.month.put(*n, segment);
            }
            Item::Year(n) => self.year.put(*n, segment),
            Item::Hour(hour) => self.put_hour(*hour, segment),
            Item::SameHour => {
                self.hours.outdate(segment);
                self.same_hour.put((), segment);
            }
            Item::Shift(n) => self.shift.put(*n, segment),
            Item::Within(n) => self.within.put(*n, segment),
            Item::Part(part) => {
                self.ranges.outdate(segment);
                if self.hours.segment < segment
                    && !self.hours.values.iter().all(|h| fits(*h, *part))
                {
                    self.hours.outdate(segment);
                }
                self.parts.put(*part, segment);
            }
            Item::Range(range) => {
                self.hours.outdate(segment);
                self.ranges.put(*range, segment);
            }
            Item::Zone(zone) => self.zones.put(*zone, segment),
            Item::Vague => self.vague = true,
            Item::Period => self.period = true,
            Item::Correction | Item::Not | Item::Reject | Item::Or => {}
        }
    }

    /// "March 12th, sorry, the 13th" is still in March.
    fn put_day(&mut self, day: &Day, segment: usize) {
        self.choice.outdate(segment);
        self.month.outdate(segment);
        self.weekdays.outdate(segment);
        self.week.outdate(segment);
        self.weeks.outdate(segment);
        let corrected = match (day, self.days.first()) {
            (
                Day::OfMonth {
                    day, month: None, ..
                },
                Some(Day::OfMonth {
                    month: month @ Some(_),
                    year,
                    ..
                }),
            ) if self.days.segment < segment => Day::OfMonth {
                day: *day,
                month: *month,
                year: *year,
            },
            _ => day.clone(),
        };
        self.days.put(corrected, segment);
    }

    /// "Next Tuesday, sorry, Wednesday" is still next week.
    fn put_weekday(&mut self, day: Weekday, which: Which, segment: usize) {
        self.choice.outdate(segment);
        self.days.outdate(segment);
        self.month.outdate(segment);
        self.year.outdate(segment);
        if which != Which::Bare {
            self.week.outdate(segment);
            self.weeks.outdate(segment);
        }
        let which = match (which, self.weekdays.first()) {
            (Which::Bare, Some((_, before @ Which::Week(_))))
                if self.weekdays.segment < segment && self.week.current(segment).is_empty() =>
            {
                *before
            }
            _ => which,
        };
        self.weekdays.put((day, which), segment);
    }

    /// A week said in a correction is not the one from before it.
    fn forget_the_week(&mut self, segment: usize) {
        if segment > 0 && self.weekdays.segment == segment {
            for (_, which) in &mut self.weekdays.values {
                *which = Which::Bare;
            }
        }
    }

    /// A month said in a correction is not the one from before it.
    fn forget_the_month(&mut self, segment: usize) {
        if segment > 0 && self.days.segment == segment {
            for day in &mut self.days.values {
                if let Day::OfMonth { month, year, .. } = day {
                    (*month, *year) = (None, None);
                }
            }
        }
    }

    /// "At 8 p.m., make it 9" is still in the evening.
    fn put_hour(&mut self, hour: Hour, segment: usize) {
        let evening = self.hours.segment < segment
            && self
                .hours
                .first()
                .is_some_and(|h| h.half == Half::Pm && h.hour >= 5 && h.hour < 12);
        self.ranges.outdate(segment);
        self.same_hour.outdate(segment);
        self.shift.outdate(segment);
        self.within.outdate(segment);
        let half = if evening && hour.half == Half::Open && (7..12).contains(&hour.hour) {
            Half::Pm
        } else {
            hour.half
        };
        self.hours.put(Hour { half, ..hour }, segment);
    }
}

/// Whether a part of the day says which half an hour is in: "at 8, sorry, in the evening". At four there
/// is no morning, so that "at 4, no, in the morning" takes the hour back.
fn fits(hour: Hour, part: Part) -> bool {
    let (from, to) = part.hours();
    hour.read(Some(part))
        .is_ok_and(|time| from <= time && time <= to)
}

/// Whether an item is about the day.
fn is_day(item: &Item) -> bool {
    matches!(
        item,
        Item::Day(_) | Item::Weekday(..) | Item::Week(_) | Item::Weeks(_) | Item::WeekOf(..)
    )
}

/// Whether a day stands before the last of these items.
fn is_choice(items: &[Placed]) -> bool {
    items.len().checked_sub(2).is_some_and(|before| {
        let before = &items[before].item;
        is_day(before) || matches!(before, Item::Month(_) | Item::Year(_))
    })
}

/// Whether an item is a day soon after `or`.
fn follows(or: &Placed) -> impl Fn(&Placed) -> bool {
    const BETWEEN: usize = 3;
    let end = or.end;
    move |next| is_day(&next.item) && next.begin <= end + BETWEEN
}

/// How many of the items behind a refusal it takes away: those that follow it at once, before the
/// sentence is broken, one of each side.
fn unwanted(not: &Placed, items: &[Placed]) -> usize {
    const BETWEEN: usize = 2;
    let mut end = not.end;
    let mut sides = Vec::new();
    for (n, placed) in items.iter().enumerate() {
        let side = std::mem::discriminant(&placed.item);
        let far = placed.begin > end + BETWEEN;
        let turn = matches!(placed.item, Item::Correction | Item::Not | Item::Reject);
        if far || turn || placed.apart || sides.contains(&side) {
            return n;
        }
        sides.push(side);
        end = placed.end;
    }
    items.len()
}
