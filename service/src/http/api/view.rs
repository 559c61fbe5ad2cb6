//! What the API tells of an appointment.

use bella_domain::rules::Refusal;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::AppointmentRow;

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Appointment {
    /// Its id.
    id: Uuid,
    /// Who comes; null once they are forgotten.
    name: Option<String>,
    /// Where texts go, in E.164; null once they are forgotten.
    #[schema(example = "+14165550142")]
    mobile: Option<String>,
    /// Its beginning, with the offset of the business's zone.
    #[schema(format = DateTime, example = "2026-03-10T14:00:00-04:00")]
    start: String,
    /// Its end.
    #[schema(format = DateTime)]
    end: String,
    /// Its length.
    duration_minutes: u16,
    status: StatusName,
    /// What the business wants to remember.
    notes: Option<String>,
    /// Whether it is a trial, which takes no time from real ones.
    test: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    modified: String,
    /// When it was cancelled; null otherwise.
    #[schema(format = DateTime)]
    cancelled: Option<String>,
}

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StatusName {
    /// It was made.
    Booked,
    /// The person has said that they come.
    Confirmed,
    /// It took place.
    Completed,
    /// It was called off; its time is free.
    Cancelled,
    /// The person did not come; its time is free.
    NoShow,
}

impl From<crate::db::Status> for StatusName {
    fn from(status: crate::db::Status) -> Self {
        match status {
            crate::db::Status::Booked => Self::Booked,
            crate::db::Status::Confirmed => Self::Confirmed,
            crate::db::Status::Completed => Self::Completed,
            crate::db::Status::Cancelled => Self::Cancelled,
            crate::db::Status::NoShow => Self::NoShow,
        }
    }
}

impl Appointment {
    pub(super) fn of(row: AppointmentRow, zone: &TimeZone) -> Self {
        let told = |at: Timestamp| moment(&at.to_zoned(zone.clone()));
        let length = SignedDuration::from_mins(row.minutes.into());
        let end = row.start.saturating_add(length).unwrap_or(Timestamp::MAX);
        Self {
            id: row.id,
            name: row.name.map(|name| name.as_str().to_owned()),
            mobile: row.mobile.map(|mobile| mobile.e164().to_owned()),
            start: told(row.start),
            end: told(end),
            duration_minutes: row.minutes,
            status: row.status.into(),
            notes: row.notes.filter(|notes| !notes.is_empty()),
            test: row.test,
            created: told(row.created),
            modified: told(row.modified),
            cancelled: row.cancelled.map(told),
        }
    }
}

/// RFC 3339 with the offset: `2026-03-10T14:00:00-04:00`.
pub(super) fn moment(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Why a time cannot be booked, and what to do.
pub(super) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Past => "the time is over".to_owned(),
        Refusal::TooSoon => "the time is less than half an hour away".to_owned(),
        Refusal::TooFar { last } => format!("the day is after {last}, the last that can be booked"),
        Refusal::Closed(day) => format!("the business is closed on {day:?}s"),
        Refusal::Holiday(name) => format!("the business is closed for {name}"),
        Refusal::OutsideHours => "the time is outside the opening hours".to_owned(),
        Refusal::BesideGrid => {
            "no slot begins at that time; GET /api/v1/availability lists them".to_owned()
        }
    }
}
