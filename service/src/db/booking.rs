//! Booking: one transaction, decided by the exclusion constraint.

use bella_domain::booking::NewBooking;
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::audit::{self, Line};
use super::database::{CALL, WORK};
use super::outbox::{self, About};
use super::{Actor, Database, DbError, OutboxText, Trouble, Ts, person};
use crate::privacy::{Field, row};

pub(crate) const NOTES: &str = "appointments.notes";

/// An appointment that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Its id.
    pub id: Uuid,
    /// When it begins now; a repeat finds it where it was moved to.
    pub start: Timestamp,
    /// Its length.
    pub minutes: u16,
    /// Whether the call had booked it before: nothing was written, no text added.
    pub repeated: bool,
}

/// Why an appointment was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// Somebody else has that time, or a part of it.
    #[error("the time is taken")]
    Taken,
    /// The same call has booked another time; one call books once, and moves what it booked.
    #[error("the call has booked another time")]
    OtherTime(Booked),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// An appointment that is made by the API or the admin pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAppointment {
    /// Who comes.
    pub name: PersonName,
    /// Where texts go.
    pub mobile: Mobile,
    /// Its beginning.
    pub start: Timestamp,
    /// Its length.
    pub minutes: u16,
    /// What the business wants to remember.
    pub notes: Option<String>,
    /// Whether it is a trial.
    pub test: bool,
}

struct Wanted<'a> {
    actor: Actor,
    call: Option<&'a str>,
    person: (&'a PersonName, &'a Mobile),
    start: Timestamp,
    minutes: u16,
    notes: Option<&'a str>,
    test: bool,
}

enum Made {
    Booked(Booked),
    OtherTime(Booked),
    Taken,
}

impl Database {
    /// Books for a caller, with the texts that are to be sent about it, all or nothing.
    ///
    /// A repeat from the same call returns what it booked and writes nothing, so that after [`DbError::Away`], when nobody knows
    /// whether it was booked, the same call can be tried again until it says.
    ///
    /// # Errors
    /// See [`BookError`].
    pub async fn book(
        &self,
        booking: &NewBooking,
        texts: &[OutboxText],
    ) -> Result<Booked, BookError> {
        let wanted = Wanted {
            actor: Actor::Caller,
            call: Some(booking.call.as_str()),
            person: (&booking.name, &booking.mobile),
            start: booking.start,
            minutes: booking.minutes,
            notes: None,
            test: booking.test,
        };
        let work = self.make(&wanted, texts);
        self.bounded("booking an appointment", CALL, work)
            .await?
            .into()
    }

    /// Makes an appointment for the API or the admin pages; not idempotent by itself.
    ///
    /// # Errors
    /// See [`BookError`].
    pub async fn create(
        &self,
        actor: Actor,
        appointment: &NewAppointment,
        texts: &[OutboxText],
    ) -> Result<Booked, BookError> {
        let wanted = Wanted {
            actor,
            call: None,
            person: (&appointment.name, &appointment.mobile),
            start: appointment.start,
            minutes: appointment.minutes,
            notes: appointment.notes.as_deref(),
            test: appointment.test,
        };
        let work = self.make(&wanted, texts);
        self.bounded("making an appointment", WORK, work)
            .await?
            .into()
    }

    async fn make(&self, wanted: &Wanted<'_>, texts: &[OutboxText]) -> Result<Made, Trouble> {
        let mut held = self.hold().await?;
        let mut transaction = held.begin().await?;
        let mut made = earlier(&mut transaction, wanted).await?;
        if made.is_none() {
            made = self.insert(&mut transaction, wanted, texts).await?;
        }
        let made = match made {
            Some(made) => made,
            // The call's other try was faster, or somebody else was.
            None => earlier(&mut transaction, wanted)
                .await?
                .unwrap_or(Made::Taken),
        };
        match &made {
            Made::Booked(booked) if !booked.repeated => transaction.commit().await?,
            _ => transaction.rollback().await?,
        }
        held.release();
        Ok(made)
    }

    /// Writes everything of a booking; nothing when a constraint says that the time is taken or the call has booked.
    ///
    /// `on conflict do nothing` leaves the decision to the constraints and differs from their error in one thing: of two who
    /// insert overlapping rows at once, none waits for the other for ever.
    async fn insert(
        &self,
        connection: &mut PgConnection,
        wanted: &Wanted<'_>,
        texts: &[OutboxText],
    ) -> Result<Option<Made>, Trouble> {
        let now: Ts = self.now().into();
        let user = person::upsert(connection, self.vault(), wanted.person, now).await?;
        let id = Uuid::now_v7();
        let key = row(id);
        let end = wanted
            .start
            .saturating_add(SignedDuration::from_mins(wanted.minutes.into()))
            .unwrap_or(Timestamp::MAX);
        let (start, end): (Ts, Ts) = (wanted.start.into(), end.into());
        let notes = wanted.notes.map(|notes| {
            let field = Field::new(NOTES, &key);
            self.vault().seal(field, notes.as_bytes())
        });
        let inserted = sqlx::query!(
            "insert into appointments
                (id, user_id, starts_at, ends_at, booked_for, notes, is_test_data, call_sid, created_at, modified_at)
            values ($1, $2, $3, $4, $3, $5, $6, $7, $8, $8) on conflict do nothing",
            id,
            user,
            start as Ts,
            end as Ts,
            notes,
            wanted.test,
            wanted.call,
            now as Ts,
        )
        .execute(&mut *connection)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(None);
        }
        for text in texts {
            let about = About {
                user: Some(user),
                appointment: Some(id),
                call: wanted.call,
            };
            outbox::put(connection, self.vault(), (text, about), now).await?;
        }
        let line = Line {
            actor: wanted.actor,
            action: "appointment.booked",
            subject: "appointment",
            id: &key,
            detail: json!({"start": wanted.start, "minutes": wanted.minutes}),
        };
        audit::write(connection, now, line).await?;
        Ok(Some(Made::Booked(Booked {
            id,
            start: wanted.start,
            minutes: wanted.minutes,
            repeated: false,
        })))
    }
}

/// What the call has booked.
async fn earlier(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
) -> Result<Option<Made>, sqlx::Error> {
    let Some(call) = wanted.call else {
        return Ok(None);
    };
    let found = sqlx::query!(
        r#"select id, starts_at as "start: Ts", minutes as "minutes!", booked_for as "booked_for: Ts"
        from appointments where call_sid = $1"#,
        call,
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|found| {
        let booked = Booked {
            id: found.id,
            start: found.start.to_jiff(),
            minutes: found.minutes.unsigned_abs(),
            repeated: true,
        };
        if found.booked_for.to_jiff() == wanted.start {
            Made::Booked(booked)
        } else {
            Made::OtherTime(booked)
        }
    }))
}

impl From<Made> for Result<Booked, BookError> {
    fn from(made: Made) -> Self {
        match made {
            Made::Booked(booked) => Ok(booked),
            Made::OtherTime(booked) => Err(BookError::OtherTime(booked)),
            Made::Taken => Err(BookError::Taken),
        }
    }
}
