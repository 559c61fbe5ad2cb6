//! What was entered into the form of an appointment.

use bella_domain::name::PersonName;
use bella_domain::phone::{self, Mobile};
use bella_domain::rules::{Refusal, Rules};
use jiff::Zoned;
use jiff::civil::{Date, Time};

use super::times;
use crate::http::security::Entered;

/// A name, or what is wrong with it.
pub(super) fn name(entered: &Entered, problems: &mut Vec<String>) -> Option<PersonName> {
    let name = PersonName::written(entered.get("name"));
    if let Err(not) = &name {
        problems.push(format!("Name: {}.", not.reason));
    }
    name.ok()
}

/// A number as it is dialled here, or what is wrong with it.
pub(super) fn mobile(entered: &Entered, problems: &mut Vec<String>) -> Option<Mobile> {
    let mobile = read_mobile(entered.get("mobile"));
    if mobile.is_none() {
        problems.push(
            "Mobile number: this is no whole, valid number; enter one such as 416-555-1234."
                .to_owned(),
        );
    }
    mobile
}

/// A number in E.164, or as somebody writes or says it.
pub(super) fn read_mobile(text: &str) -> Option<Mobile> {
    Mobile::from_e164(text)
        .or_else(|_| phone::understand(text))
        .ok()
}

/// The day and time that were entered, or one that was offered and chosen.
pub(super) fn start(entered: &Entered, rules: &Rules, problems: &mut Vec<String>) -> Option<Zoned> {
    let chosen = entered.get("choose").split_once('T');
    let (date, time) = chosen.unwrap_or((entered.get("date"), entered.get("time")));
    let date = Date::strptime("%Y-%m-%d", date).ok();
    let time = Time::strptime("%H:%M", time).ok();
    let (Some(date), Some(time)) = (date, time) else {
        problems.push("Day and time: enter both.".to_owned());
        return None;
    };
    let start = rules.moment(date, time);
    if start.is_none() {
        problems.push("Time: clocks skip it on that day.".to_owned());
    }
    start
}

/// Minutes, or what is wrong with them.
pub(super) fn minutes(entered: &Entered, problems: &mut Vec<String>) -> Option<u16> {
    let minutes = entered.get("minutes").parse().ok();
    let minutes = minutes.filter(|minutes| (5..=480).contains(minutes));
    if minutes.is_none() {
        problems.push("Minutes: enter 5 to 480.".to_owned());
    }
    minutes
}

/// Why the rules for callers refuse a time; the people of the business may overrule all but the past.
pub(super) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Past => "The time is over.".to_owned(),
        Refusal::TooSoon => "The time is less than half an hour away.".to_owned(),
        Refusal::TooFar { last } => {
            format!(
                "The day is after {}, the last that callers can book.",
                times::long_day(*last)
            )
        }
        Refusal::Closed(_) => "The business is closed on that weekday.".to_owned(),
        Refusal::Holiday(name) => format!("The business is closed: {name}."),
        Refusal::OutsideHours => "The time is outside the opening hours.".to_owned(),
        Refusal::BesideGrid => "No slot begins at that time.".to_owned(),
    }
}

/// A time that is free, to be chosen with one press.
pub(super) struct Near {
    pub(super) value: String,
    pub(super) label: String,
}

impl Near {
    pub(super) fn of(start: &Zoned) -> Self {
        Self {
            value: start.strftime("%Y-%m-%dT%H:%M").to_string(),
            label: start.strftime("%a, %b %-d, %-I:%M %p").to_string(),
        }
    }
}
