//! Days as said, looked up in the calendar.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

use super::calendar::nth_weekday;
use super::day::{Day, InMonth};
use super::draft::Draft;
use super::scan::Which;
use super::spoken::ordinal_ending;
use super::{Clock, past};
use crate::understood::{NotUnderstood, Understood};

/// What days are counted from.
pub(crate) struct Calendar<'a> {
    clock: &'a Clock,
    today: Date,
    /// Whether what was said about the hour is still ahead on a day.
    ahead: &'a dyn Fn(Date) -> bool,
}

/// The one day that was said, if any.
///
/// # Errors
/// The day does not exist, is over, or more than one was said.
pub(crate) fn date(
    draft: &Draft,
    clock: &Clock,
    ahead: &dyn Fn(Date) -> bool,
) -> Understood<Option<Date>> {
    let calendar = Calendar {
        clock,
        today: clock.now.date(),
        ahead,
    };
    if !draft.choice.all().is_empty() {
        return Err(two_days());
    }
    let mut found: Option<Date> = None;
    for day in draft.days.all() {
        let date = calendar.find(day, draft)?;
        if found.is_some_and(|f| f != date) {
            return Err(two_days());
        }
        found = Some(date);
    }
    match (found, draft.weekdays.all()) {
        (None, []) => calendar.same_day_of_week(draft),
        (Some(date), weekdays) => {
            if weekdays.iter().any(|(w, _)| *w != date.weekday()) {
                // Two weekdays are a choice; one weekday beside its date is a contradiction.
                return Err(if weekdays.len() > 1 {
                    two_days()
                } else {
                    NotUnderstood::because("the weekday and the date disagree")
                });
            }
            if !draft.weeks.all().is_empty() {
                return Err(two_days());
            }
            Ok(Some(date))
        }
        (None, weekdays) => calendar.weekday(weekdays, draft).map(Some),
    }
}

fn two_days() -> NotUnderstood {
    NotUnderstood::because("two days")
}

fn missing() -> NotUnderstood {
    NotUnderstood::because("the day is missing")
}

fn far() -> NotUnderstood {
    NotUnderstood::because("no such day")
}

fn plus(date: Date, days: i64) -> Understood<Date> {
    let span = Span::new().try_days(days).map_err(|_| far())?;
    date.checked_add(span).map_err(|_| far())
}

impl Calendar<'_> {
    fn anchor(&self) -> Date {
        self.clock
            .anchor
            .as_ref()
            .map_or(self.today, jiff::Zoned::date)
    }

    /// A day in the week that is so many weeks after this one.
    fn in_week(&self, weekday: Weekday, weeks: i64) -> Understood<Date> {
        day_in_week(self.today, weekday, weeks)
    }

    fn weekday(&self, weekdays: &[(Weekday, Which)], draft: &Draft) -> Understood<Date> {
        if draft.period || !draft.month.all().is_empty() || !draft.year.all().is_empty() {
            return Err(missing());
        }
        if draft.week.all().len() > 1 {
            return Err(NotUnderstood::because("two weeks"));
        }
        let in_week = draft.week.first().or(draft.weeks.first()).copied();
        let named = match draft.week_of.all() {
            [] => None,
            [(day, weeks)] => Some(plus(self.find(day, draft)?, 7 * weeks)?),
            _ => return Err(NotUnderstood::because("two weeks")),
        };
        let mut found = None;
        for (weekday, which) in weekdays {
            let date = match (*which, in_week) {
                _ if named.is_some() => {
                    let day = named.unwrap_or(self.today);
                    day_in_week(day, *weekday, 0)?
                }
                (Which::Week(weeks), None) => self.in_week(*weekday, weeks)?,
                (Which::Week(weeks), Some(also)) => self.in_week(*weekday, weeks.max(also))?,
                (_, Some(weeks)) => self.in_week(*weekday, weeks)?,
                (Which::Following, None) => match &self.clock.anchor {
                    Some(_) => strictly_after(self.anchor(), *weekday)?,
                    None => self.in_week(*weekday, 1)?,
                },
                (Which::Bare, None) => self.coming(*weekday, (self.ahead)(self.today))?,
                (Which::This, None) => self.coming(*weekday, true)?,
                (Which::Coming, None) => self.coming(*weekday, false)?,
            };
            if found.is_some_and(|f| f != date) {
                return Err(two_days());
            }
            found = Some(date);
        }
        found.ok_or_else(missing)
    }

    /// The next such day; today counts when `with_today`.
    fn coming(&self, weekday: Weekday, with_today: bool) -> Understood<Date> {
        if with_today && self.today.weekday() == weekday {
            return Ok(self.today);
        }
        strictly_after(self.today, weekday)
    }

    /// "In two weeks", "same time next week": the day that has no name of its own.
    fn same_day_of_week(&self, draft: &Draft) -> Understood<Option<Date>> {
        if let Some(weeks) = draft.weeks.first() {
            return plus(self.today, 7 * weeks).map(Some);
        }
        match draft.week.first() {
            Some(weeks) if !draft.same_hour.all().is_empty() => {
                plus(self.anchor(), 7 * weeks).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn find(&self, day: &Day, draft: &Draft) -> Understood<Date> {
        match day {
            Day::Today(days) => plus(self.today, *days),
            Day::Anchor(days) => {
                let weeks = draft.week.first().copied().unwrap_or(0);
                plus(self.anchor(), *days + 7 * weeks)
            }
            Day::Ahead(months) => self.months_ahead(self.today, *months),
            Day::Next(weekday) => self.coming(*weekday, true),
            Day::InWeek(weekday, weeks) => self.in_week(*weekday, *weeks),
            Day::OfMonth {
                day,
                month: None,
                year: _,
            } => self.day_of_some_month(*day, draft),
            Day::OfMonth {
                day,
                month: Some(month),
                year,
            } => self.day_of_month(*day, *month, *year, draft),
            Day::Exact { year, month, day } => exact(*year, *month, *day),
            Day::Slashed {
                first,
                second,
                year,
            } => self.slashed(*first, *second, *year, draft),
            Day::Feast(feast, year) => self.yearly(*year, draft, |year| feast.in_year(year)),
            Day::Nth {
                nth,
                weekday,
                month,
            } => self.nth(*nth, *weekday, *month, draft),
            Day::Beside {
                base,
                weekday,
                days,
            } => {
                let base = self.find(base, draft)?;
                match weekday {
                    None => plus(base, *days),
                    Some(weekday) => i32::try_from(*days)
                        .ok()
                        .and_then(|n| base.nth_weekday(n, *weekday).ok())
                        .ok_or_else(far),
                }
            }
            Day::Past => Err(past()),
            Day::Weekend => Err(NotUnderstood::because("a weekend is two days")),
        }
    }

    fn months_ahead(&self, date: Date, months: i64) -> Understood<Date> {
        let span = Span::new().try_months(months).map_err(|_| far())?;
        date.checked_add(span).map_err(|_| far())
    }

    /// The first day of a month, counted from this one.
    fn month(&self, ahead: i64) -> Understood<Date> {
        self.months_ahead(self.today.first_of_month(), ahead)
    }

    /// "The 15th": of the month that was said, else the next one still ahead.
    fn day_of_some_month(&self, day: u32, draft: &Draft) -> Understood<Date> {
        let in_month = |first: Date| {
            let day = i8::try_from(day).ok()?;
            Date::new(first.year(), first.month(), day).ok()
        };
        if let Some(ahead) = draft.month.first() {
            let first = self.month(*ahead)?;
            return in_month(first).ok_or_else(|| no_such_day(first, day));
        }
        for ahead in 0..=12 {
            if let Some(date) = in_month(self.month(ahead)?)
                && (date > self.today || date == self.today && (self.ahead)(date))
            {
                return Ok(date);
            }
        }
        Err(far())
    }

    fn day_of_month(
        &self,
        day: u32,
        month: i8,
        year: Option<u32>,
        draft: &Draft,
    ) -> Understood<Date> {
        if let Some(year) = year {
            return exact(year, month.unsigned_abs().into(), day);
        }
        let over = (month, i64::from(day)) < (self.today.month(), self.today.day().into());
        let ahead = draft.year.first().copied().unwrap_or(i64::from(over));
        let year = u32::try_from(i64::from(self.today.year()) + ahead).map_err(|_| far())?;
        exact(year, month.unsigned_abs().into(), day)
    }

    fn slashed(
        &self,
        first: u32,
        second: u32,
        year: Option<u32>,
        draft: &Draft,
    ) -> Understood<Date> {
        let (month, day) = match (first <= 12, second <= 12) {
            (true, true) if first != second => {
                return Err(NotUnderstood::because(
                    "the day and the month could be swapped",
                ));
            }
            (true, _) => (first, second),
            (false, true) => (second, first),
            (false, false) => return Err(far()),
        };
        let month = i8::try_from(month).map_err(|_| far())?;
        self.day_of_month(day, month, year, draft)
    }

    /// A day of every year: of the year that was said, else the next one not over.
    fn yearly(
        &self,
        year: Option<u32>,
        draft: &Draft,
        in_year: impl Fn(i16) -> Option<Date>,
    ) -> Understood<Date> {
        let this = self.today.year();
        let ahead = draft.year.first().map(|ahead| i64::from(this) + ahead);
        if let Some(year) = year.map(i64::from).or(ahead) {
            let year = i16::try_from(year).map_err(|_| far())?;
            return in_year(year).ok_or_else(far);
        }
        [this, this.saturating_add(1)]
            .into_iter()
            .filter_map(in_year)
            .find(|date| *date >= self.today)
            .ok_or_else(far)
    }

    fn nth(
        &self,
        nth: i8,
        weekday: Option<Weekday>,
        month: InMonth,
        draft: &Draft,
    ) -> Understood<Date> {
        let in_month = |first: Date| match weekday {
            Some(weekday) => nth_weekday(first.year(), first.month(), nth, weekday),
            None if nth < 0 => Some(first.last_of_month()),
            None => Date::new(first.year(), first.month(), nth).ok(),
        };
        match month {
            InMonth::Ahead(ahead) => in_month(self.month(ahead)?).ok_or_else(far),
            InMonth::Named(month, year) => self.yearly(year, draft, |year| {
                Date::new(year, month, 1).ok().and_then(in_month)
            }),
            InMonth::Current => {
                let this = in_month(self.month(0)?)
                    .filter(|d| *d > self.today || *d == self.today && (self.ahead)(*d));
                match this {
                    Some(date) => Ok(date),
                    None => in_month(self.month(1)?).ok_or_else(far),
                }
            }
        }
    }
}

/// A day in the week that is so many weeks after that of `date`.
fn day_in_week(date: Date, weekday: Weekday, weeks: i64) -> Understood<Date> {
    let day = |weekday: Weekday| i64::from(weekday.to_monday_zero_offset());
    plus(date, 7 * weeks + day(weekday) - day(date.weekday()))
}

fn strictly_after(date: Date, weekday: Weekday) -> Understood<Date> {
    date.nth_weekday(1, weekday).map_err(|_| far())
}

fn exact(year: u32, month: u32, day: u32) -> Understood<Date> {
    let first = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .and_then(|(year, month)| Date::new(year, month, 1).ok())
        .ok_or_else(far)?;
    i8::try_from(day)
        .ok()
        .and_then(|day| Date::new(first.year(), first.month(), day).ok())
        .ok_or_else(|| no_such_day(first, day))
}

/// "February has no 30th".
fn no_such_day(first: Date, day: u32) -> NotUnderstood {
    let month = first.strftime("%B");
    let leap = first.month() == 2 && day == 29;
    let ending = ordinal_ending(day);
    NotUnderstood::because(if leap {
        format!("{month} {} has no {day}{ending}", first.year())
    } else {
        format!("{month} has no {day}{ending}")
    })
}

/// The day after, for times past midnight.
pub(crate) fn day_after(date: Date) -> Understood<Date> {
    date.checked_add(1.day()).map_err(|_| far())
}
