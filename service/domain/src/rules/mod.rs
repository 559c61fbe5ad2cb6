//! When an appointment may begin.
//!
//! - [`Rules`]: opening hours, the grid of slots, holidays, notice and horizon
//! - [`Refusal`]: why a moment cannot be booked
//! - `hours`: the grammar of `BUSINESS_HOURS`
//! - `holidays`: Ontario's public holidays
//! - `nearest`: what can be offered instead
//!
//! 1. Slots begin with the opening and follow each other without gaps; the last leaves room for a whole one before
//!    the closing, so with hours to 17:00, 17:00 itself is no beginning. The grid begins anew after a break.
//! 2. A moment beside the grid is refused and the nearest slots are offered: it is neither moved silently nor booked
//!    across two slots.
//! 3. A slot is booked [`MINIMUM_NOTICE`] before it at the latest, [`HORIZON_DAYS`] days ahead at the farthest.
//! 4. The grid is one of wall-clock times: a slot whose time is skipped when clocks go forward does not exist, one
//!    that happens twice is the first.

mod holidays;
mod hours;
mod nearest;
#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Zoned};

pub use holidays::holiday;
pub use hours::{Hours, Range};

/// The least time between booking and appointment: enough to get there.
pub const MINIMUM_NOTICE: SignedDuration = SignedDuration::from_mins(30);

/// How many days ahead can be booked: people forget what is more than half a year away.
pub const HORIZON_DAYS: i64 = 180;

/// When appointments may begin.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Where the business is.
    pub zone: TimeZone,
    /// When it is open.
    pub hours: Hours,
    /// The length of every appointment, and the distance between slots; never 0.
    slot_minutes: u16,
    /// Whether Ontario's public holidays are closed.
    pub closed_on_holidays: bool,
}

/// Why a moment cannot be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is over.
    Past,
    /// It is less than [`MINIMUM_NOTICE`] away.
    TooSoon,
    /// It is after the last day that can be booked.
    TooFar {
        /// That day.
        last: Date,
    },
    /// The business is closed on that weekday.
    Closed(Weekday),
    /// The business is closed for a holiday, which is named.
    Holiday(&'static str),
    /// The business is open on that day, at other times.
    OutsideHours,
    /// The business is open, but no slot begins then.
    BesideGrid,
}

impl Rules {
    /// Rules with Ontario's holidays.
    pub fn new(zone: TimeZone, hours: Hours, slot_minutes: u16) -> Self {
        Self {
            zone,
            hours,
            slot_minutes: slot_minutes.max(1),
            closed_on_holidays: true,
        }
    }

    /// The length of an appointment in minutes.
    pub fn slot_minutes(&self) -> u16 {
        self.slot_minutes
    }

    /// Whether an appointment may begin at `start`, as far as rules can tell.
    ///
    /// # Errors
    /// Why not: the reason that a caller can do least about comes first.
    pub fn check(&self, start: &Zoned, now: &Zoned) -> Result<(), Refusal> {
        let start = start.with_time_zone(self.zone.clone());
        if start <= *now {
            return Err(Refusal::Past);
        }
        self.check_day(start.date(), now)?;
        let minute = minute_of(start.time());
        let ranges = self.hours.on(start.weekday());
        let Some(range) = ranges
            .iter()
            .find(|range| range.from <= minute && minute + self.slot_minutes <= range.to)
        else {
            return Err(Refusal::OutsideHours);
        };
        let whole = start.second() == 0 && start.subsec_nanosecond() == 0;
        if !whole || !(minute - range.from).is_multiple_of(self.slot_minutes) {
            return Err(Refusal::BesideGrid);
        }
        if start < self.earliest(now) {
            return Err(Refusal::TooSoon);
        }
        Ok(())
    }

    /// Whether appointments can be made on a day at all; [`Rules::check`] without the time.
    ///
    /// # Errors
    /// Why not.
    pub fn check_day(&self, day: Date, now: &Zoned) -> Result<(), Refusal> {
        let last = self.last_day(now);
        if day < self.today(now) {
            return Err(Refusal::Past);
        }
        if day > last {
            return Err(Refusal::TooFar { last });
        }
        if let Some(name) = self.holiday(day) {
            return Err(Refusal::Holiday(name));
        }
        if self.hours.on(day.weekday()).is_empty() {
            return Err(Refusal::Closed(day.weekday()));
        }
        Ok(())
    }

    /// Every slot of a day, earliest first, whether past or free or not; none when it is closed.
    pub fn slots(&self, day: Date) -> Vec<Zoned> {
        if self.holiday(day).is_some() {
            return Vec::new();
        }
        let ranges = self.hours.on(day.weekday());
        let mut slots = Vec::new();
        for range in ranges {
            let starts = (range.from..range.to)
                .step_by(usize::from(self.slot_minutes))
                .take_while(|start| start + self.slot_minutes <= range.to);
            slots.extend(starts.filter_map(|start| self.moment(day, time_of(start)?)));
        }
        slots
    }

    /// A day and a time in the zone of the business; nothing when clocks skip it.
    pub fn moment(&self, day: Date, time: Time) -> Option<Zoned> {
        let asked = DateTime::from_parts(day, time);
        let moment = asked.to_zoned(self.zone.clone()).ok()?;
        (moment.datetime() == asked).then_some(moment)
    }

    /// The last day that can be booked.
    pub fn last_day(&self, now: &Zoned) -> Date {
        self.today(now)
            .saturating_add(Span::new().days(HORIZON_DAYS))
    }

    /// The earliest moment that can be booked.
    fn earliest(&self, now: &Zoned) -> Zoned {
        now.saturating_add(MINIMUM_NOTICE)
            .with_time_zone(self.zone.clone())
    }

    fn today(&self, now: &Zoned) -> Date {
        now.with_time_zone(self.zone.clone()).date()
    }

    fn holiday(&self, day: Date) -> Option<&'static str> {
        self.closed_on_holidays.then(|| holiday(day)).flatten()
    }
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn time_of(minute: u16) -> Option<Time> {
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    Time::new(hour, minute, 0, 0).ok()
}
