//! What stopping, starting and pausing a stack come to: until when its schedules are held back, and which of them.

use std::collections::BTreeMap;

use bella_aws::nights::{Does, Rule};
use bella_engine::live::Object;
use bella_stack::{Calendar, Span};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// What somebody wants of the schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Nothing stops the stack before that moment.
    Until(Timestamp),
    /// The schedules hold again.
    Resume,
    /// As [`Hold::Resume`], and the stack is stopped by hand meanwhile: until the next stop on its calendar, where one comes before a
    /// start.
    Stopped(Option<Timestamp>),
}

/// The schedules that have to change for that, each with the moment before which it does nothing.
///
/// Two schedules are watched and would fail for nothing: RDS refuses to start a database that runs, and to stop one that is stopped.
/// So its start is held back with the stops, and the first stop after one by hand is passed over; the
/// hourly ones come after it.
#[must_use]
pub fn held<'a>(rules: &[Rule<'a>], hold: Hold, now: Timestamp) -> Vec<(&'a Object, Timestamp)> {
    let moment = |rule: &Rule<'_>| {
        let is_held = rule.start.is_some_and(|start| start > now);
        let watched = rule.does == Does::StopsDatabase { watched: true };
        match hold {
            Hold::Until(until) if rule.does.stops() => Some(until),
            Hold::Until(until) if rule.does == Does::StartsDatabase => Some(until),
            Hold::Stopped(Some(stop)) if watched => Some(stop + SignedDuration::from_mins(1)),
            Hold::Resume | Hold::Stopped(_) if is_held => Some(now),
            _ => None,
        }
    };
    let held = rules
        .iter()
        .filter_map(|rule| Some((rule.object, moment(rule)?)));
    held.collect()
}

/// Until when a start by hand has to hold the schedules back: in the off-hours until the next start, or until what was asked for;
/// else not at all, unless it was asked for.
#[must_use]
pub fn start_holds(
    calendar: &Calendar,
    now: Timestamp,
    asked: Option<Timestamp>,
) -> Option<Timestamp> {
    match (asked, calendar.is_on(now)) {
        (Some(until), _) => Some(until),
        (None, true) => None,
        (None, false) => calendar.next(now, true),
    }
}

/// The start by its hours that a pause until then would pass, of a stack whose database is not `up`.
///
/// Such a pause is refused: the database has to be started then and must not be on every later day of the pause, and a schedule knows
/// no such thing.
#[must_use]
pub fn passed_start(
    calendar: &Calendar,
    now: Timestamp,
    until: Timestamp,
    up: bool,
) -> Option<Timestamp> {
    let start = calendar.next(now, true)?;
    (!up && start < until).then_some(start)
}

/// The next stop, where the stack is to run now: it will find the stack stopped.
#[must_use]
pub fn redundant_stop(calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
    calendar
        .is_on(now)
        .then(|| calendar.next(now, false))
        .flatten()
}

/// How long before a start all that was deleted is there again: a cache of nodes takes a quarter of an hour to make, and a job of CI
/// comes late.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// What the hours want of the parts that are removed while the stack rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// They are not needed.
    Gone,
    /// They are, now or soon.
    There,
}

/// What the hours want now, of a stack that nothing stops before `held`.
#[must_use]
pub fn due(calendar: &Calendar, now: Timestamp, held: Option<Timestamp>) -> Due {
    let soon = |start: Timestamp| start.duration_since(now) <= AHEAD;
    let needed = calendar.is_on(now)
        || held.is_some_and(|until| until > now)
        || calendar.next(now, true).is_some_and(soon);
    match needed {
        true => Due::There,
        false => Due::Gone,
    }
}

/// Seven days from the midnight before `now`, each with the stretches in which the stack runs.
#[must_use]
pub fn week(calendar: &Calendar, now: Timestamp) -> BTreeMap<Date, Vec<Span>> {
    let zone = calendar.zone();
    let first = zone.to_datetime(now).date();
    let days = (0..7).filter_map(|day| first.checked_add(i64::from(day).days()).ok());
    let day = |date: Date| {
        let (from, until) = (
            midnight(zone, date)?,
            midnight(zone, date.tomorrow().ok()?)?,
        );
        let mut spans = calendar.spans(from, until);
        spans.retain(|span| span.on);
        Some((date, spans))
    };
    days.filter_map(day).collect()
}

fn midnight(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    let midnight = date.to_zoned(zone.clone()).ok()?;
    Some(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bella_engine::address::Address;
    use bella_engine::resource::Phase;
    use serde_json::json;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn object(name: &str) -> Object {
        Object {
            kind: "schedule".to_owned(),
            address: Address::parse(&format!("schedule.{name}")).expect("an address"),
            claimed: false,
            id: name.to_owned(),
            props: Some(json!({})),
            outputs: BTreeMap::new(),
            tags: BTreeMap::new(),
            phase: Phase::Ready,
            created: None,
            protected: None,
        }
    }

    fn calendar() -> Calendar {
        let times = json!({
            "shutdown_time": "20:00", "startup_time": "08:00", "timezone": "America/Toronto",
        });
        Calendar::new(&serde_json::from_value(times).expect("a schedule"))
    }

    #[test]
    fn what_is_held_back_and_what_is_not() {
        let now = time("2027-03-12T20:00:00Z");
        let (later, past) = (time("2027-03-13T20:00:00Z"), time("2027-03-01T00:00:00Z"));
        let does = [
            ("tasks", Does::StopsTasks, Some(later)),
            ("stop", Does::StopsDatabase { watched: true }, None),
            ("again", Does::StopsDatabase { watched: false }, Some(past)),
            ("database", Does::StartsDatabase, Some(later)),
            ("start", Does::StartsTasks(1), None),
        ];
        let objects = does.map(|(name, does, start)| (object(name), does, start));
        let rules = objects.each_ref().map(|(object, does, start)| Rule {
            object,
            does: *does,
            start: *start,
            enabled: true,
        });
        let told = |hold| -> Vec<String> {
            let held = held(&rules, hold, now);
            held.iter()
                .map(|(object, at)| format!("{} {}", object.id, at.strftime("%d %H:%M")))
                .collect()
        };
        let until = Hold::Until(time("2027-03-14T12:00:00Z"));
        assert_eq!(
            told(until),
            [
                "tasks 14 12:00",
                "stop 14 12:00",
                "again 14 12:00",
                "database 14 12:00"
            ]
        );
        let let_go = ["tasks 12 20:00", "database 12 20:00"];
        assert_eq!(told(Hold::Resume), let_go);
        assert_eq!(told(Hold::Stopped(None)), let_go);
        assert_eq!(
            told(Hold::Stopped(Some(time("2027-03-13T01:00:00Z")))),
            ["tasks 12 20:00", "stop 13 01:01", "database 12 20:00"]
        );
    }

    #[test]
    fn a_start_in_the_night_holds_until_the_morning() {
        let calendar = calendar();
        let (friday, night) = (time("2027-03-12T20:00:00Z"), time("2027-03-13T04:00:00Z"));
        let asked = Some(time("2027-03-13T09:00:00Z"));
        assert_eq!(start_holds(&calendar, friday, None), None);
        assert_eq!(
            start_holds(&calendar, night, None),
            Some(time("2027-03-15T12:00:00Z"))
        );
        assert_eq!(start_holds(&calendar, night, asked), asked);
        let monday = time("2027-03-15T12:00:00Z");
        let tuesday = time("2027-03-16T12:00:00Z");
        let passed = |until, up| passed_start(&calendar, night, until, up);
        assert_eq!(passed(tuesday, false), Some(monday));
        assert_eq!(passed(tuesday, true), None);
        assert_eq!(passed(monday, false), None);
        assert_eq!(
            redundant_stop(&calendar, friday),
            Some(time("2027-03-13T01:00:00Z"))
        );
        assert_eq!(redundant_stop(&calendar, night), None);
    }

    #[test]
    fn parts_are_there_in_time() {
        // Friday's stop is at 1:00 of Saturday, Monday's start at 12:00.
        let cases = [
            ("2027-03-12T20:00:00Z", None, Due::There),
            ("2027-03-13T01:00:00Z", None, Due::Gone),
            (
                "2027-03-13T01:00:00Z",
                Some("2027-03-13T03:00:00Z"),
                Due::There,
            ),
            (
                "2027-03-13T03:00:00Z",
                Some("2027-03-13T03:00:00Z"),
                Due::Gone,
            ),
            ("2027-03-15T10:59:59Z", None, Due::Gone),
            ("2027-03-15T11:00:00Z", None, Due::There),
            ("2027-03-15T12:00:00Z", None, Due::There),
        ];
        for (now, held, expected) in cases {
            let seen = due(&calendar(), time(now), held.map(time));
            assert_eq!(seen, expected, "{now} {held:?}");
        }
    }

    #[test]
    fn a_week_has_seven_days() {
        let week = week(&calendar(), time("2027-03-12T20:00:00Z"));
        let hours: Vec<i64> = week
            .values()
            .map(|spans| spans.iter().map(|span| span.length().as_hours()).sum())
            .collect();
        assert_eq!(hours, [12, 0, 0, 12, 12, 12, 12]);
    }
}
