//! The clock on the wall of a zone, every minute of a year, and whether the stack file wants the stack to run then.

use crate::{minutes, start_of};
use bella_stack::stack::AutoShutdown;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

pub(crate) struct Wall {
    pub(crate) minutes: Vec<Minute>,
    pub(crate) end: Timestamp,
    /// Positions of minutes that the clock shows again.
    repeated: Vec<usize>,
}

pub(crate) struct Minute {
    pub(crate) at: Timestamp,
    pub(crate) wall: DateTime,
    /// Whether the clock showed this minute before.
    pub(crate) again: bool,
    pub(crate) on: bool,
}

impl Wall {
    pub(crate) fn of(times: &AutoShutdown, year: i16) -> Self {
        let zone = TimeZone::get(times.timezone.as_str()).expect("a zone");
        let end = start_of(year + 1, &zone);
        let mut minutes_of_year: Vec<Minute> = Vec::with_capacity(530_000);
        let mut latest = DateTime::MIN;
        let mut repeated = Vec::new();
        let mut at = start_of(year, &zone);
        let (mut offset, mut change) = (zone.to_offset(at), at);
        let mut changes = zone.following(at);
        let mut following = changes.next();
        while at < end {
            if let Some(next) = following.as_ref().filter(|next| next.timestamp() <= at) {
                (offset, change) = (next.offset(), next.timestamp());
                following = changes.next();
            }
            let wall = offset.to_datetime(at);
            let again = wall <= latest;
            latest = latest.max(wall);
            if again {
                repeated.push(minutes_of_year.len());
            }
            // What was said when the clock showed this the first time goes on to hold.
            let on = match again {
                true => minutes_of_year.last().is_some_and(|before| before.on),
                false => wanted(times, wall),
            };
            minutes_of_year.push(Minute {
                at,
                wall,
                again,
                on,
            });
            at = at.checked_add(minutes(1)).expect("within the calendar");
        }
        assert!(change <= end);
        Self {
            minutes: minutes_of_year,
            end,
            repeated,
        }
    }

    /// Whether the stack is to run in one of the next minutes.
    pub(crate) fn is_on_within(&self, position: usize, minutes: usize) -> bool {
        let next = self.minutes[position..].iter().take(minutes + 1);
        next.into_iter().any(|minute| minute.on)
    }

    /// How many minutes come twice within three hours of a moment.
    pub(crate) fn repeated_after(&self, position: usize) -> usize {
        let from = self.repeated.partition_point(|at| *at < position);
        let until = self.repeated.partition_point(|at| *at < position + 180);
        until - from
    }
}

/// By the words of the stack file: on its days from start to stop, a run past midnight belonging to the day it began on.
fn wanted(times: &AutoShutdown, wall: DateTime) -> bool {
    let minute = |hour: u8, minute: u8| i32::from(hour) * 60 + i32::from(minute);
    let now = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
    let start = minute(times.startup_time.hour(), times.startup_time.minute());
    let stop = minute(times.shutdown_time.hour(), times.shutdown_time.minute());
    let today = wall.date().weekday().to_monday_zero_offset();
    let named = |day: i8| times.days.iter().any(|one| *one as i8 == day.rem_euclid(7));
    match start < stop {
        true => named(today) && (start..stop).contains(&now),
        false => (named(today) && now >= start) || (named(today - 1) && now < stop),
    }
}
