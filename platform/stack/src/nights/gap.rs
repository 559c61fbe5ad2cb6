//! Times of day that a clock jumps over.

use super::calendar::{is, zone};
use crate::stack::AutoShutdown;
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime},
};

/// The stretch in which changes of the clock are looked for: zones' rules are known as they are today, and go on for ever.
const FROM: Timestamp = Timestamp::constant(1_767_225_600, 0);
const YEARS: i64 = 15;

/// A moment of a schedule that does not come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// As the clock would show it.
    pub(crate) at: DateTime,
    /// What the clock shows next, after the last moment that it does show.
    pub(crate) resumes: DateTime,
}

/// The first moment at which a time of day, so many minutes from midnight of a named day and so many before that, is jumped over.
///
/// EventBridge Scheduler leaves a cron's invocation out then: a stack would not start that day.
pub(crate) fn skipped(times: &AutoShutdown, minute: u32, before: u32) -> Option<Skipped> {
    let zone = zone(times);
    let end = FROM.saturating_add(SignedDuration::from_hours(24 * 366 * YEARS));
    let end = end.unwrap_or(Timestamp::MAX);
    let changes = zone
        .following(FROM)
        .take_while(|change| change.timestamp() < end);
    for change in changes {
        let last = change
            .timestamp()
            .saturating_sub(SignedDuration::from_secs(1));
        let old = zone.to_offset(last.unwrap_or(FROM));
        let (gap, resumes) = (
            old.to_datetime(change.timestamp()),
            change.offset().to_datetime(change.timestamp()),
        );
        for date in [
            gap.date().yesterday(),
            Ok(gap.date()),
            gap.date().tomorrow(),
        ] {
            let Some(at) = date
                .ok()
                .and_then(|date| moment(times, date, minute, before))
            else {
                continue;
            };
            if gap <= at && at < resumes {
                return Some(Skipped { at, resumes });
            }
        }
    }
    None
}

fn moment(times: &AutoShutdown, date: Date, minute: u32, before: u32) -> Option<DateTime> {
    let named = times.days.iter().any(|day| is(*day as i8, date));
    let midnight = named.then(|| date.to_datetime(jiff::civil::Time::midnight()))?;
    let minutes = i64::from(minute) - i64::from(before);
    midnight.checked_add(minutes.minutes()).ok()
}
