use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::expression::Expression;

/// When a schedule comes due: its expression in its zone, within its dates, with its window.
#[derive(Debug, Clone)]
pub(crate) struct Timetable {
    expression: Expression,
    zone: TimeZone,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    window: Option<SignedDuration>,
    anchor: Timestamp,
    seed: String,
}

/// One moment at which a schedule is to be invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Occurrence {
    /// The moment the expression names.
    pub(crate) scheduled: Timestamp,
    /// The same, or later within the flexible window.
    pub(crate) due: Timestamp,
}

impl Timetable {
    /// From a schedule as `CreateSchedule` takes and `GetSchedule` gives it; `anchor` is when its expression was set.
    /// `None` when it is disabled or says nothing that comes true.
    pub(crate) fn of(schedule: &Value, seed: &str, anchor: Timestamp) -> Option<Self> {
        if schedule["State"] == "DISABLED" {
            return None;
        }
        let zone = schedule["ScheduleExpressionTimezone"]
            .as_str()
            .unwrap_or("UTC");
        let window = schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"].as_i64();
        let start = moment(&schedule["StartDate"]);
        Some(Self {
            expression: Expression::parse(schedule["ScheduleExpression"].as_str()?)?,
            zone: TimeZone::get(zone).ok()?,
            start,
            end: moment(&schedule["EndDate"]),
            window: window.map(SignedDuration::from_mins),
            anchor: start.unwrap_or(anchor),
            seed: seed.to_owned(),
        })
    }

    /// The first occurrence whose scheduled moment is after `after`.
    ///
    /// AWS does not say where in a flexible window it invokes: here it is a second of it that the schedule's ARN and
    /// the moment decide, the same every time.
    pub(crate) fn next_after(&self, after: Timestamp) -> Option<Occurrence> {
        let just_before = SignedDuration::from_nanos(-1);
        let from_start = self
            .start
            .and_then(|start| start.checked_add(just_before).ok());
        // Dates bound recurring schedules only.
        let recurring = !self.expression.is_one_time();
        let after = from_start
            .filter(|_| recurring)
            .map_or(after, |start| start.max(after));
        let scheduled = self.expression.next_after(after, &self.zone, self.anchor)?;
        if recurring && self.end.is_some_and(|end| scheduled > end) {
            return None;
        }
        let due = scheduled
            .checked_add(self.offset(scheduled))
            .unwrap_or(scheduled);
        Some(Occurrence { scheduled, due })
    }

    fn offset(&self, scheduled: Timestamp) -> SignedDuration {
        let Some(window) = self.window else {
            return SignedDuration::ZERO;
        };
        let hash = Sha256::digest(format!("{} {scheduled}", self.seed));
        let number = hash
            .iter()
            .take(6)
            .fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
        SignedDuration::from_secs(number % window.as_secs().max(1))
    }

    /// Where to look from when a schedule is made at `now`: AWS invokes to the minute, so that a one-time schedule of
    /// this minute is not too late; a rate begins at once.
    pub(crate) fn first_cursor(&self, now: Timestamp) -> Timestamp {
        let back = match self.expression {
            Expression::At(_) => SignedDuration::from_secs(60),
            Expression::Rate(_) => SignedDuration::from_nanos(1),
            Expression::Cron(_) => SignedDuration::ZERO,
        };
        now.checked_sub(back).unwrap_or(now)
    }
}

/// A moment as JSON has it: seconds since 1970, or a text.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds) => {
            let since = SignedDuration::try_from_secs_f64(seconds.as_f64()?).ok()?;
            Timestamp::from_duration(since).ok()
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Value, json};

    use super::Timetable;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn scheduled(schedule: &Value, count: usize) -> Vec<String> {
        let anchor = time("2026-11-22T10:00:00Z");
        let Some(timetable) = Timetable::of(schedule, "arn", anchor) else {
            return Vec::new();
        };
        let mut cursor = timetable.first_cursor(anchor);
        let mut found = Vec::new();
        while let Some(next) = timetable.next_after(cursor).filter(|_| found.len() < count) {
            found.push(next.scheduled.to_string());
            cursor = next.scheduled;
        }
        found
    }

    #[test]
    fn dates_bound_it_and_a_rate_begins_at_once() {
        let start = time("2026-11-24T00:00:00Z").as_second();
        let end = time("2026-11-25T00:00:00Z").as_second();
        let hourly = json!({"ScheduleExpression": "rate(12 hours)"});
        assert_eq!(
            scheduled(&hourly, 2),
            ["2026-11-22T10:00:00Z", "2026-11-22T22:00:00Z"]
        );
        let bounded =
            json!({"ScheduleExpression": "rate(12 hours)", "StartDate": start, "EndDate": end});
        assert_eq!(
            scheduled(&bounded, 9),
            [
                "2026-11-24T00:00:00Z",
                "2026-11-24T12:00:00Z",
                "2026-11-25T00:00:00Z"
            ]
        );
        let nightly =
            json!({"ScheduleExpression": "cron(0 0 * * ? *)", "StartDate": start, "EndDate": end});
        assert_eq!(
            scheduled(&nightly, 9),
            ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"]
        );
        let off = json!({"ScheduleExpression": "rate(1 hours)", "State": "DISABLED"});
        assert_eq!(scheduled(&off, 1), Vec::<String>::new());
        let this_minute = json!({"ScheduleExpression": "at(2026-11-22T09:59:58)"});
        assert_eq!(scheduled(&this_minute, 2), ["2026-11-22T09:59:58Z"]);
        let past = json!({"ScheduleExpression": "at(2026-11-22T09:00:00)"});
        assert_eq!(scheduled(&past, 2), Vec::<String>::new());
    }

    #[test]
    fn a_window_moves_it_the_same_way_every_time() {
        let schedule = json!({
            "ScheduleExpression": "cron(0 * * * ? *)",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        });
        let anchor = time("2026-11-22T10:00:00Z");
        let walk = || {
            let timetable = Timetable::of(&schedule, "arn", anchor).expect("a timetable");
            let mut cursor = anchor;
            let mut offsets = Vec::new();
            for _ in 0..50 {
                let next = timetable.next_after(cursor).expect("an occurrence");
                offsets.push(next.due.duration_since(next.scheduled));
                cursor = next.scheduled;
            }
            offsets
        };
        let offsets = walk();
        assert_eq!(offsets, walk());
        let window = SignedDuration::from_mins(15);
        assert!(
            offsets
                .iter()
                .all(|o| *o >= SignedDuration::ZERO && *o < window)
        );
        assert!(offsets.windows(2).any(|pair| pair[0] != pair[1]));
    }
}
