//! From what was said to a moment, a window, a day or a time.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZoneDatabase;
use jiff::{RoundMode, SignedDuration, Unit, Zoned, ZonedRound};

use super::date::{date, day_after};
use super::draft::Draft;
use super::hour::Hour;
use super::part::{AFTERNOON_ENDS, DAY_BEGINS, EVENING_ENDS, Part};
use super::span::Range;
use super::{Clock, When, moment, past};
use crate::understood::{NotUnderstood, Understood};

/// What was said about the hour.
#[derive(Debug, Clone, Copy)]
enum Hours {
    /// A time; `late` when, said of today, it belongs to the night after it.
    At { time: Time, late: bool },
    /// From one time to another, the same day; the end may be midnight.
    Span { from: Time, to: Time },
}

/// What a draft means.
///
/// # Errors
/// As [`super::understand`].
pub(crate) fn resolve(draft: &Draft, clock: &Clock) -> Understood<When> {
    if draft.zones.all().iter().any(|zone| !is_own(*zone, clock)) {
        return Err(NotUnderstood::because("a time in another time zone"));
    }
    if let Some(found) = relative(draft, clock)? {
        return Ok(found);
    }
    let hours = match hours(draft, clock) {
        Ok(hours) => hours,
        // Of two days with a time each, the days are the choice.
        Err(why) => return Err(date(draft, clock, &|_| true).err().unwrap_or(why)),
    };
    let ahead = |date: Date| match hours {
        None => true,
        Some(hours) => place(hours, date, clock).is_ok(),
    };
    let date = date(draft, clock, &ahead)?;
    match (date, hours) {
        (Some(date), Some(hours)) => place(hours, date, clock),
        (Some(date), None) if date < clock.now.date() => Err(past()),
        (Some(date), None) => Ok(When::Day(date)),
        (None, Some(Hours::At { time, .. })) if !calendar_words(draft) => Ok(When::Time(time)),
        (None, None) if !calendar_words(draft) => Err(NotUnderstood::because("no day and no time")),
        (None, _) => Err(NotUnderstood::because("the day is missing")),
    }
}

/// Whether a zone has the time of the business now.
fn is_own(zone: Option<&str>, clock: &Clock) -> bool {
    let zone = zone.and_then(|name| TimeZoneDatabase::bundled().get(name).ok());
    let now = clock.now.timestamp();
    zone.is_some_and(|zone| zone.to_offset(now) == clock.now.offset())
}

/// Whether something about the calendar was said that is no day.
fn calendar_words(draft: &Draft) -> bool {
    draft.vague
        || draft.period
        || !draft.week_of.all().is_empty()
        || [&draft.week, &draft.weeks, &draft.month, &draft.year]
            .iter()
            .any(|slot| !slot.all().is_empty())
}

/// "In an hour", "half an hour later": moments that need no day.
fn relative(draft: &Draft, clock: &Clock) -> Understood<Option<When>> {
    let (base, minutes) = match (draft.shift.all(), draft.within.all()) {
        ([], []) => return Ok(None),
        ([minutes], []) => (clock.anchor.as_ref().unwrap_or(&clock.now), *minutes),
        ([], [minutes]) => (&clock.now, *minutes),
        _ => return Err(two_times()),
    };
    if !draft.hours.all().is_empty() {
        return Err(two_times());
    }
    let moment = base
        .checked_add(SignedDuration::from_mins(minutes))
        .ok()
        .and_then(|m| to_the_minute(&m, RoundMode::Trunc))
        .ok_or_else(|| NotUnderstood::because("no such time"))?;
    let today = date(draft, clock, &|_| true)?;
    if today.is_some_and(|day| day != moment.date()) {
        return Err(NotUnderstood::because("two days"));
    }
    if moment <= clock.now {
        return Err(past());
    }
    Ok(Some(When::Moment(moment)))
}

fn to_the_minute(moment: &Zoned, mode: RoundMode) -> Option<Zoned> {
    moment
        .round(ZonedRound::new().smallest(Unit::Minute).mode(mode))
        .ok()
}

fn two_times() -> NotUnderstood {
    NotUnderstood::because("two times")
}

fn hours(draft: &Draft, clock: &Clock) -> Understood<Option<Hours>> {
    let part = part(draft)?;
    let mut found: Option<(Time, bool)> = None;
    let mut add = |time: Time, midnight: bool| match found {
        Some((before, _)) if before != time => Err(two_times()),
        _ => {
            found = Some((time, midnight));
            Ok(())
        }
    };
    for hour in draft.hours.all() {
        let night = part == Some(Part::Night);
        let part = part.filter(|_| !hour.midnight);
        let time = hour.read(part)?;
        add(time, hour.midnight || night && time.hour() < 6)?;
    }
    if !draft.same_hour.all().is_empty() {
        let same = clock.anchor.as_ref().unwrap_or(&clock.now);
        let same = to_the_minute(same, RoundMode::Trunc).unwrap_or_else(|| same.clone());
        add(same.time(), false)?;
    }
    if let Some((time, late)) = found {
        return Ok(Some(Hours::At { time, late }));
    }
    if let Some((from, to)) = range(draft.ranges.all(), part)? {
        return Ok(Some(Hours::Span { from, to }));
    }
    Ok(part.map(|part| {
        let (from, to) = part.hours();
        Hours::Span { from, to }
    }))
}

/// The one part of the day; the narrower one of two that agree.
fn part(draft: &Draft) -> Understood<Option<Part>> {
    let mut found: Option<Part> = None;
    for part in draft.parts.all() {
        let (from, to) = part.hours();
        found = Some(match found {
            None => *part,
            Some(before) => {
                let (begin, end) = before.hours();
                if begin >= from && end <= to {
                    before
                } else if from >= begin && to <= end {
                    *part
                } else {
                    return Err(two_times());
                }
            }
        });
    }
    Ok(found)
}

fn range(ranges: &[Range], part: Option<Part>) -> Understood<Option<(Time, Time)>> {
    match *ranges {
        [] => Ok(None),
        [Range::Between(from, to)] => between(from, to, part).map(Some),
        [Range::After(hour)] => {
            let from = hour.read(part)?;
            let ends = [
                part.map(|p| p.hours().1),
                Some(AFTERNOON_ENDS),
                Some(EVENING_ENDS),
            ];
            let to = ends.into_iter().flatten().find(|end| *end > from);
            Ok(Some((from, to.unwrap_or(Time::MAX))))
        }
        [Range::Before(hour)] => {
            let to = hour.read(part)?;
            let begins = part.map_or(DAY_BEGINS, |p| p.hours().0);
            let from = if begins < to { begins } else { Time::MIN };
            if from == to {
                return Err(NotUnderstood::because("no such time"));
            }
            Ok(Some((from, to)))
        }
        [Range::After(from), Range::Before(to)] | [Range::Before(to), Range::After(from)] => {
            let (from, to) = (from.read(part)?, to.read(part)?);
            // "Before 11 or after 3" leaves a choice.
            if from < to {
                Ok(Some((from, to)))
            } else {
                Err(two_times())
            }
        }
        _ => Err(two_times()),
    }
}

/// The half of the day that one end has decides the other; with neither, the beginning is read by
/// the usual rule and the end is the next such hour.
fn between(from: Hour, to: Hour, part: Option<Part>) -> Understood<(Time, Time)> {
    let (begins, ends) = (from.readings(None)?, to.readings(None)?);
    let next = |after: Time| ends.iter().copied().find(|end| *end > after);
    let last = |before: Time| begins.iter().rev().copied().find(|begin| *begin < before);
    let backwards = || NotUnderstood::because("the end is not after the beginning");
    if let [end] = ends[..] {
        return last(end).map(|begin| (begin, end)).ok_or_else(backwards);
    }
    if let (Some(part), [_, _]) = (part, &begins[..])
        && let Ok(end) = to.read(Some(part))
        && let Some(begin) = last(end)
    {
        return Ok((begin, end));
    }
    let begin = match begins[..] {
        [begin] => begin,
        _ => from.read(part)?,
    };
    next(begin).map(|end| (begin, end)).ok_or_else(backwards)
}

/// Hours on a day.
fn place(hours: Hours, date: Date, clock: &Clock) -> Understood<When> {
    match hours {
        Hours::At { time, late } => {
            let date = if late && date == clock.now.date() {
                day_after(date)?
            } else {
                date
            };
            moment(date, time, clock).map(When::Moment)
        }
        Hours::Span { from, to } => window(date, from, to, clock),
    }
}

/// A window begins now when it began before; an hour that the clocks skip is the one after it.
fn window(date: Date, from: Time, to: Time, clock: &Clock) -> Understood<When> {
    let zone = clock.now.time_zone();
    let at = |time: Time| {
        zone.to_ambiguous_zoned(date.to_datetime(time))
            .compatible()
            .map_err(|_| NotUnderstood::because("no such time"))
    };
    let from = at(from)?;
    let to = if to == Time::MAX {
        zone.to_ambiguous_zoned(day_after(date)?.to_datetime(Time::MIN))
            .compatible()
            .map_err(|_| NotUnderstood::because("no such time"))?
    } else {
        at(to)?
    };
    let now = to_the_minute(&clock.now, RoundMode::Ceil).unwrap_or_else(|| clock.now.clone());
    let from = if from < now { now } else { from };
    if to <= from {
        return Err(past());
    }
    Ok(When::Window { from, to })
}
