//! A point in time, taken apart for rules, which have no clock.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

/// The zone of business hours where a stack does not name one: the booking service's own default.
pub const BUSINESS_ZONE: &str = "America/Toronto";

/// The time in the zone of the stack's business hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moment {
    /// RFC 3339, with the zone's offset.
    pub at: String,
    /// IANA name of the zone that the other fields are in: the stack's `BUSINESS_TIMEZONE`.
    pub zone: String,
    /// The day, YYYY-MM-DD.
    pub date: String,
    /// The day of the week: mon, tue, wed, thu, fri, sat or sun.
    pub weekday: String,
    /// The hour of the day, 0 to 23.
    pub hour: i8,
    /// The minute of the hour, 0 to 59.
    pub minute: i8,
    /// Hour and minute, HH:MM.
    pub time: String,
}

impl Moment {
    /// `now` on the clocks of `zone`; on those of UTC where the database has no such zone.
    #[must_use]
    pub fn of(now: Timestamp, zone: &str) -> Self {
        let known = TimeZone::get(zone).ok();
        let name = known.as_ref().map_or("UTC", |_| zone).to_owned();
        let there = now.to_zoned(known.unwrap_or(TimeZone::UTC));
        let weekday = match there.weekday() {
            Weekday::Monday => "mon",
            Weekday::Tuesday => "tue",
            Weekday::Wednesday => "wed",
            Weekday::Thursday => "thu",
            Weekday::Friday => "fri",
            Weekday::Saturday => "sat",
            Weekday::Sunday => "sun",
        };
        Self {
            at: there.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            zone: name,
            date: there.date().to_string(),
            weekday: weekday.to_owned(),
            hour: there.hour(),
            minute: there.minute(),
            time: there.strftime("%H:%M").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_those_of_the_zone_on_both_sides_of_a_change_of_clocks() {
        let at = |text: &str| {
            let moment = Moment::of(text.parse().expect("a time"), BUSINESS_ZONE);
            format!("{} {} {}", moment.at, moment.weekday, moment.hour)
        };
        assert_eq!(
            at("2026-03-08T06:59:00Z"),
            "2026-03-08T01:59:00-05:00 sun 1"
        );
        assert_eq!(
            at("2026-03-08T07:00:00Z"),
            "2026-03-08T03:00:00-04:00 sun 3"
        );
        assert_eq!(
            at("2026-03-09T03:30:00Z"),
            "2026-03-08T23:30:00-04:00 sun 23"
        );
    }

    #[test]
    fn a_zone_that_is_not_known_is_read_as_utc_and_says_so() {
        let moment = Moment::of(
            "2026-03-09T03:30:00Z".parse().expect("a time"),
            "Mars/Olympus",
        );
        assert_eq!(
            (moment.zone.as_str(), moment.time.as_str()),
            ("UTC", "03:30")
        );
    }
}
