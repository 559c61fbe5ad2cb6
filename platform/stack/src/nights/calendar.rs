//! The hours of a stack on a calendar.

use crate::{stack::AutoShutdown, value::TimeOfDay};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::Serialize;

/// Days within which every schedule starts and stops.
const ROUND: i64 = 9;

/// When a stack runs, in its own time zone.
///
/// A time that the clock shows twice is meant the first time, as EventBridge Scheduler has it. One that it jumps over does not come up:
/// the checks of a stack file refuse such a schedule.
#[derive(Debug, Clone)]
pub struct Calendar {
    times: AutoShutdown,
    zone: TimeZone,
}

/// A start or a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// When.
    pub at: Timestamp,
    /// Whether it starts.
    pub on: bool,
}

/// A stretch of time in which the stack runs or rests throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// Whether the stack runs.
    pub on: bool,
}

impl Span {
    /// How long it is.
    pub fn length(&self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

impl Calendar {
    /// The calendar of a schedule.
    pub fn new(times: &AutoShutdown) -> Self {
        Self {
            zone: zone(times),
            times: times.clone(),
        }
    }

    /// The zone in which its hours are.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Every start and stop after `from`, up to `until`, in order.
    pub fn turns(&self, from: Timestamp, until: Timestamp) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut date = self.date(from).saturating_sub(2.days());
        let last = self.date(until);
        while date <= last {
            if self.times.days.iter().any(|day| is(*day as i8, date)) {
                turns.extend(self.run(date));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        turns.retain(|turn| turn.at > from && turn.at <= until);
        turns.sort_unstable();
        turns
    }

    /// Whether the stack is to run at that moment.
    pub fn is_on(&self, at: Timestamp) -> bool {
        let before = at.saturating_sub(days(ROUND)).unwrap_or(Timestamp::MIN);
        self.turns(before, at).last().is_some_and(|turn| turn.on)
    }

    /// The next start, or the next stop, after a moment.
    pub fn next(&self, after: Timestamp, on: bool) -> Option<Timestamp> {
        let until = after.saturating_add(days(ROUND)).ok()?;
        let turns = self.turns(after, until);
        turns.iter().find(|turn| turn.on == on).map(|turn| turn.at)
    }

    /// That stretch of time, cut at every start and stop.
    pub fn spans(&self, from: Timestamp, until: Timestamp) -> Vec<Span> {
        let mut spans = Vec::new();
        let (mut since, mut on) = (from, self.is_on(from));
        let end = Turn { at: until, on };
        for turn in self.turns(from, until).into_iter().chain([end]) {
            if turn.at > since {
                spans.push(Span {
                    from: since,
                    until: turn.at,
                    on,
                });
            }
            (since, on) = (turn.at, turn.on);
        }
        spans
    }

    /// The run that begins on a day: its start, and its stop, which may be on the next.
    fn run(&self, date: Date) -> impl Iterator<Item = Turn> {
        let (start, stop) = (self.times.startup_time, self.times.shutdown_time);
        let ends = match start < stop {
            true => Some(date),
            false => date.tomorrow().ok(),
        };
        let start = self.at(date, start).map(|at| Turn { at, on: true });
        let stop = ends.and_then(|date| self.at(date, stop));
        let stop = stop.map(|at| Turn { at, on: false });
        start.into_iter().chain(stop)
    }

    fn at(&self, date: Date, time: TimeOfDay) -> Option<Timestamp> {
        let civil = date.to_datetime(clock(time));
        self.zone.to_ambiguous_timestamp(civil).compatible().ok()
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// Minutes of a day before a time.
pub(crate) fn minutes(time: TimeOfDay) -> u32 {
    u32::from(time.hour()) * 60 + u32::from(time.minute())
}

/// The zone of a schedule.
pub(super) fn zone(times: &AutoShutdown) -> TimeZone {
    TimeZone::get(times.timezone.as_str())
        .expect("a stack file names zones of the bundled database only")
}

fn clock(time: TimeOfDay) -> Time {
    let part = |number: u8| number.cast_signed();
    Time::new(part(time.hour()), part(time.minute()), 0, 0)
        .expect("a time of day is one of a clock")
}

/// Whether a date is that day of the week, Monday being 0.
pub(super) fn is(day: i8, date: Date) -> bool {
    date.weekday().to_monday_zero_offset() == day
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Timestamp};
    use crate::stack::AutoShutdown;
    use serde_json::{Value, json};

    fn calendar(times: Value) -> Calendar {
        let times: AutoShutdown = serde_json::from_value(times).expect("a schedule");
        Calendar::new(&times)
    }

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn told(calendar: &Calendar, from: &str, until: &str) -> Vec<String> {
        let spans = calendar.spans(time(from), time(until));
        let spans = spans.iter().map(|span| {
            let state = if span.on { "on" } else { "off" };
            let hours = span.length().as_secs_f64() / 3600.0;
            format!("{} {state} {hours}", span.from)
        });
        spans.collect()
    }

    /// In 2027 Toronto's clock goes from 2:00 to 3:00 on 14 March and from 2:00 to 1:00 on 7 November.
    #[test]
    fn hours_follow_the_clock_on_the_wall() {
        let office = calendar(json!({
            "shutdown_time": "20:00", "startup_time": "08:00", "timezone": "America/Toronto",
        }));
        assert_eq!(
            told(&office, "2027-03-12T20:00:00Z", "2027-03-15T16:00:00Z"),
            [
                "2027-03-12T20:00:00Z on 5",
                "2027-03-13T01:00:00Z off 59",
                "2027-03-15T12:00:00Z on 4",
            ],
            "a weekend of 59 hours and not of 60"
        );
        assert!(office.is_on(time("2027-03-15T12:00:00Z")));
        assert!(!office.is_on(time("2027-03-15T11:59:59Z")));
        assert_eq!(
            office.next(time("2027-11-05T23:59:00Z"), true),
            Some(time("2027-11-08T13:00:00Z"))
        );
        // A time that comes twice is meant the first time.
        let late = calendar(json!({
            "shutdown_time": "01:30", "startup_time": "20:00", "timezone": "America/Toronto",
            "days": ["sat"],
        }));
        assert_eq!(
            told(&late, "2027-11-06T12:00:00Z", "2027-11-08T00:00:00Z"),
            [
                "2027-11-06T12:00:00Z off 12",
                "2027-11-07T00:00:00Z on 5.5",
                "2027-11-07T05:30:00Z off 18.5",
            ]
        );
    }

    #[test]
    fn a_run_may_take_nearly_a_week_and_touch_the_next() {
        let one = calendar(json!({
            "shutdown_time": "09:00", "startup_time": "09:05", "days": ["mon", "tue"],
        }));
        assert_eq!(
            told(&one, "2027-03-01T00:00:00Z", "2027-03-04T00:00:00Z"),
            [
                "2027-03-01T00:00:00Z off 9.083333333333334",
                "2027-03-01T09:05:00Z on 23.916666666666668",
                "2027-03-02T09:00:00Z off 0.08333333333333333",
                "2027-03-02T09:05:00Z on 23.916666666666668",
                "2027-03-03T09:00:00Z off 15",
            ]
        );
    }
}
