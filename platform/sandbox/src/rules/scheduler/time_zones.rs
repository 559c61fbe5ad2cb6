use jiff::tz::TimeZone;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-time-zone-refused",
    about: About::refuses("A schedule's time zone is one of the IANA database."),
    service: "scheduler",
    operations: &["CreateSchedule", "UpdateSchedule"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let zone = body["ScheduleExpressionTimezone"].as_str();
        let unknown = zone.filter(|zone| TimeZone::get(zone).is_err());
        Ok(unknown.map(|zone| {
            Refused::new(
                "ValidationException",
                format!("Invalid ScheduleExpressionTimezone {zone}."),
            )
        }))
    })
}
