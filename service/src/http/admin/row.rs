//! An appointment as pages show it.

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::times;
use crate::db::{AppointmentRow, Status};

/// An appointment as pages show it.
pub(super) struct Row {
    pub(super) id: Uuid,
    /// Whose page there is; absent for somebody who was erased.
    pub(super) person: Option<Uuid>,
    pub(super) name: String,
    pub(super) mobile: String,
    /// On the wall clock of the business.
    pub(super) start: Zoned,
    pub(super) minutes: u16,
    pub(super) status: Shown,
    pub(super) notes: Option<String>,
    pub(super) test: bool,
    /// Whether it has begun and nobody has said yet what came of it.
    pub(super) can_be_closed: bool,
}

impl Row {
    pub(super) fn of(row: AppointmentRow, zone: &TimeZone, now: &Zoned) -> Self {
        let start = row.start.to_zoned(zone.clone());
        let status = Shown(row.status);
        Self {
            id: row.id,
            person: Some(row.user),
            name: name(row.name.as_ref().map(|name| name.as_str())),
            mobile: row.mobile.as_ref().map_or(String::new(), mobile),
            can_be_closed: status.is_live() && start <= *now,
            start,
            minutes: row.minutes,
            status,
            notes: row.notes.filter(|notes| !notes.is_empty()),
            test: row.test,
        }
    }

    /// `9:30 AM`.
    pub(super) fn time(&self) -> String {
        times::clock(self.start.time())
    }

    /// `Monday, March 9, 2026`.
    pub(super) fn day(&self) -> String {
        times::long_day(self.date())
    }

    /// `2026-03-09`.
    pub(super) fn date(&self) -> Date {
        self.start.date()
    }

    /// `9:30 AM to 10:00 AM`.
    pub(super) fn span(&self) -> String {
        let length = jiff::SignedDuration::from_mins(i64::from(self.minutes));
        let end = self.start.saturating_add(length);
        format!("{} to {}", self.time(), times::clock(end.time()))
    }
}

/// A person's name, or what is shown instead of one that is forgotten.
pub(super) fn name(name: Option<&str>) -> String {
    name.unwrap_or("Erased person").to_owned()
}

/// A number as people write it where it is dialled: `416-555-1234`, or `+44 …` in full.
pub(super) fn mobile(mobile: &bella_domain::phone::Mobile) -> String {
    let digits = mobile.e164();
    match digits.strip_prefix("+1") {
        Some(national) if national.len() == 10 => {
            format!("{}-{}-{}", &national[..3], &national[3..6], &national[6..])
        }
        _ => digits.to_owned(),
    }
}

/// A status, with the word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown(pub(super) Status);

impl Shown {
    pub(super) fn name(self) -> &'static str {
        self.0.as_str()
    }

    pub(super) fn label(self) -> &'static str {
        match self.0 {
            Status::Booked => "Booked",
            Status::Confirmed => "Confirmed",
            Status::Completed => "Completed",
            Status::Cancelled => "Cancelled",
            Status::NoShow => "No-show",
        }
    }

    /// Whether it is still to come, as far as anybody has said.
    pub(super) fn is_live(self) -> bool {
        matches!(self.0, Status::Booked | Status::Confirmed)
    }

    pub(super) fn is_cancelled(self) -> bool {
        self.0 == Status::Cancelled
    }

    /// Whether nobody else can have its time.
    pub(super) fn takes_time(self) -> bool {
        matches!(
            self.0,
            Status::Booked | Status::Confirmed | Status::Completed
        )
    }
}
