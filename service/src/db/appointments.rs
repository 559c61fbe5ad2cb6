//! Appointments that exist: found, moved, cancelled, marked.

use bella_domain::booking::AppointmentId;
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use jiff::Timestamp;
use uuid::Uuid;

use super::booking::NOTES;
use super::database::WORK;
use super::person::{open_mobile, open_name};
use super::{Database, DbError, Trouble, Ts};
use crate::privacy::{Field, Vault, row};

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Made.
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

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Booked,
        Self::Confirmed,
        Self::Completed,
        Self::Cancelled,
        Self::NoShow,
    ];

    /// As it is stored, and told by the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// Reads what [`Status::as_str`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// An appointment, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentRow {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: Uuid,
    /// Who comes; nobody's name once they are forgotten.
    pub name: Option<PersonName>,
    /// Where texts go; no number once they are forgotten.
    pub mobile: Option<Mobile>,
    /// Its beginning.
    pub start: Timestamp,
    /// Its length.
    pub minutes: u16,
    /// Where it stands.
    pub status: Status,
    /// What the business wants to remember.
    pub notes: Option<String>,
    /// Whether it is a trial.
    pub test: bool,
    /// The call that booked it, if one did.
    pub call: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub modified: Timestamp,
    /// When it was cancelled.
    pub cancelled: Option<Timestamp>,
    /// How often it was moved.
    pub moves: u32,
}

/// Which appointments; every part narrows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// That end after this moment.
    pub from: Option<Timestamp>,
    /// That begin before this moment.
    pub to: Option<Timestamp>,
    /// With this status.
    pub status: Option<Status>,
    /// Of whoever has this number.
    pub mobile: Option<Mobile>,
    /// Of this person.
    pub user: Option<Uuid>,
    /// Test data only, or none; both by default.
    pub test: Option<bool>,
    /// After this one, in the order of beginning and id.
    pub after: Option<(Timestamp, Uuid)>,
}

/// A row as it is stored.
struct Stored {
    id: Uuid,
    user: Uuid,
    name: Option<Vec<u8>>,
    mobile: Option<Vec<u8>>,
    start: Ts,
    minutes: i16,
    status: String,
    notes: Option<Vec<u8>>,
    test: bool,
    call: Option<String>,
    created: Ts,
    modified: Ts,
    cancelled: Option<Ts>,
    moves: i32,
}

impl Database {
    /// The appointments of a filter, by beginning and id, `limit` at most.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn appointments(
        &self,
        filter: &Filter,
        limit: u16,
    ) -> Result<Vec<AppointmentRow>, DbError> {
        let indexes = filter
            .mobile
            .as_ref()
            .map(|mobile| self.vault().indexes(mobile));
        let from: Option<Ts> = filter.from.map(Into::into);
        let to: Option<Ts> = filter.to.map(Into::into);
        let after: Option<Ts> = filter.after.map(|(start, _)| start.into());
        self.bounded("listing appointments", WORK, async {
            let mut held = self.hold().await?;
            let rows = sqlx::query_as!(
                Stored,
                r#"select a.id, a.user_id as "user", u.name, u.mobile, a.starts_at as "start: Ts", a.minutes as "minutes!",
                    a.status, a.notes, a.is_test_data as test, a.call_sid as call, a.created_at as "created: Ts",
                    a.modified_at as "modified: Ts", a.cancelled_at as "cancelled: Ts", a.modification_count as moves
                from appointments a join users u on u.id = a.user_id
                where ($1::timestamptz is null or a.ends_at > $1) and ($2::timestamptz is null or a.starts_at < $2)
                    and ($3::text is null or a.status = $3) and ($4::bytea[] is null or u.mobile_index = any($4))
                    and ($5::uuid is null or a.user_id = $5) and ($6::bool is null or a.is_test_data = $6)
                    and ($7::timestamptz is null or (a.starts_at, a.id) > ($7, $8::uuid))
                order by a.starts_at, a.id limit $9"#,
                from as Option<Ts>,
                to as Option<Ts>,
                filter.status.map(Status::as_str),
                indexes.as_deref(),
                filter.user,
                filter.test,
                after as Option<Ts>,
                filter.after.map(|(_, id)| id),
                i64::from(limit),
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            rows.into_iter().map(|stored| self.opened(stored)).collect()
        })
        .await
    }

    /// One appointment.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn appointment(&self, id: Uuid) -> Result<Option<AppointmentRow>, DbError> {
        self.bounded("reading an appointment", WORK, async {
            let mut held = self.hold().await?;
            let stored = sqlx::query_as!(
                Stored,
                r#"select a.id, a.user_id as "user", u.name, u.mobile, a.starts_at as "start: Ts", a.minutes as "minutes!",
                    a.status, a.notes, a.is_test_data as test, a.call_sid as call, a.created_at as "created: Ts",
                    a.modified_at as "modified: Ts", a.cancelled_at as "cancelled: Ts", a.modification_count as moves
                from appointments a join users u on u.id = a.user_id where a.id = $1"#,
                id,
            )
            .fetch_optional(&mut *held)
            .await?;
            held.release();
            stored.map(|stored| self.opened(stored)).transpose()
        })
        .await
    }

    fn opened(&self, stored: Stored) -> Result<AppointmentRow, Trouble> {
        let vault = self.vault();
        let status = Status::parse(&stored.status)
            .ok_or_else(|| sqlx::Error::Decode("an unknown status".into()))?;
        Ok(AppointmentRow {
            name: opened(stored.name, |name| open_name(vault, stored.user, name))?,
            mobile: opened(stored.mobile, |mobile| {
                open_mobile(vault, stored.user, mobile)
            })?,
            notes: opened(stored.notes, |notes| open_notes(vault, stored.id, notes))?,
            id: stored.id,
            user: stored.user,
            start: stored.start.to_jiff(),
            minutes: stored.minutes.unsigned_abs(),
            status,
            test: stored.test,
            call: stored.call,
            created: stored.created.to_jiff(),
            modified: stored.modified.to_jiff(),
            cancelled: stored.cancelled.map(Ts::to_jiff),
            moves: stored.moves.unsigned_abs(),
        })
    }
}

/// The id as the database has it; `None` for what never was one.
pub fn appointment_uuid(id: &AppointmentId) -> Option<Uuid> {
    Uuid::try_parse(&id.0).ok()
}

fn open_notes(vault: &Vault, id: Uuid, notes: &[u8]) -> Result<String, crate::privacy::CannotOpen> {
    vault.open_text(Field::new(NOTES, &row(id)), notes)
}

fn opened<T, E>(
    sealed: Option<Vec<u8>>,
    open: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<Option<T>, E> {
    sealed.as_deref().map(open).transpose()
}
