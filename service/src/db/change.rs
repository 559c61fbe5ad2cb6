//! Changing an appointment: moved, cancelled, marked, noted. Every change is audited.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::audit::{self, Line};
use super::booking::NOTES;
use super::database::{CALL, WORK};
use super::error::is_taken;
use super::outbox::{self, About};
use super::{Actor, Booked, Database, DbError, OutboxText, Status, Trouble, Ts};
use crate::privacy::{Field, row};

/// Why an appointment was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is none with this id, or it is cancelled.
    #[error("the appointment is gone")]
    Gone,
    /// Somebody else has the time it was to be moved to.
    #[error("the time is taken")]
    Taken,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

#[derive(Clone, Copy)]
enum Change {
    Move { start: Timestamp, minutes: u16 },
    Mark(Status),
}

enum Changed {
    Done(Booked),
    Gone,
    Taken,
}

/// An appointment as it is; its row is locked.
struct Before {
    start: Timestamp,
    minutes: u16,
    status: Status,
}

impl Database {
    /// Moves an appointment, with the texts to be sent about it; moving it to where it is changes nothing.
    ///
    /// It is `booked` afterwards: who confirmed the time before has not confirmed this one.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn move_to(
        &self,
        actor: Actor,
        id: Uuid,
        (start, minutes): (Timestamp, u16),
        texts: &[OutboxText],
    ) -> Result<Booked, ChangeError> {
        let work = self.changing(actor, id, Change::Move { start, minutes }, texts);
        self.bounded("moving an appointment", CALL, work)
            .await?
            .into()
    }

    /// Cancels an appointment, with the texts to be sent about it; cancelling it again changes nothing.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn cancel(
        &self,
        actor: Actor,
        id: Uuid,
        texts: &[OutboxText],
    ) -> Result<Booked, ChangeError> {
        self.set_status(actor, id, Status::Cancelled, texts).await
    }

    /// Marks an appointment, with the texts to be sent about it. A cancelled one stays cancelled: its time may be somebody's.
    ///
    /// # Errors
    /// See [`ChangeError`]; taken when one whose person did not come is to take its time again.
    pub async fn set_status(
        &self,
        actor: Actor,
        id: Uuid,
        status: Status,
        texts: &[OutboxText],
    ) -> Result<Booked, ChangeError> {
        let work = self.changing(actor, id, Change::Mark(status), texts);
        self.bounded("marking an appointment", CALL, work)
            .await?
            .into()
    }

    /// Replaces an appointment's notes; empty ones are none.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn set_notes(&self, actor: Actor, id: Uuid, notes: &str) -> Result<(), ChangeError> {
        let work = self.noting(actor, id, notes);
        if self.bounded("noting an appointment", WORK, work).await? {
            Ok(())
        } else {
            Err(ChangeError::Gone)
        }
    }

    async fn noting(&self, actor: Actor, id: Uuid, notes: &str) -> Result<bool, Trouble> {
        let key = row(id);
        let sealed = (!notes.is_empty()).then(|| {
            let field = Field::new(NOTES, &key);
            self.vault().seal(field, notes.as_bytes())
        });
        let now: Ts = self.now().into();
        let mut held = self.hold().await?;
        let mut transaction = held.begin().await?;
        let done = sqlx::query!(
            "update appointments set notes = $2, modified_at = $3 where id = $1",
            id,
            sealed,
            now as Ts,
        )
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 1 {
            let line = Line {
                actor,
                action: "appointment.noted",
                subject: "appointment",
                id: &key,
                detail: json!({}),
            };
            audit::write(&mut transaction, now, line).await?;
        }
        transaction.commit().await?;
        held.release();
        Ok(done.rows_affected() == 1)
    }

    async fn changing(
        &self,
        actor: Actor,
        id: Uuid,
        change: Change,
        texts: &[OutboxText],
    ) -> Result<Changed, Trouble> {
        let mut held = self.hold().await?;
        let mut transaction = held.begin().await?;
        let changed = match locked(&mut transaction, id).await? {
            None => Changed::Gone,
            Some(before) => change.to(id, &before),
        };
        let written = match &changed {
            Changed::Done(booked) if !booked.repeated => {
                let now = self.now().into();
                match write(&mut transaction, id, change, now).await {
                    Ok(user) => {
                        if change.outdates_reminders() {
                            outbox::forget_reminders(&mut transaction, id).await?;
                        }
                        self.tell(&mut transaction, (id, user), texts, now).await?;
                        audit::write(&mut transaction, now, change.line(actor, &row(id))).await?;
                        true
                    }
                    Err(err) if is_taken(&err) => {
                        transaction.rollback().await?;
                        held.release();
                        return Ok(Changed::Taken);
                    }
                    Err(err) => return Err(err.into()),
                }
            }
            _ => false,
        };
        if written {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        held.release();
        Ok(changed)
    }

    async fn tell(
        &self,
        connection: &mut PgConnection,
        (appointment, user): (Uuid, Uuid),
        texts: &[OutboxText],
        now: Ts,
    ) -> Result<(), Trouble> {
        for text in texts {
            let about = About {
                user: Some(user),
                appointment: Some(appointment),
                call: None,
            };
            outbox::put(connection, self.vault(), (text, about), now).await?;
        }
        Ok(())
    }
}

impl Change {
    /// What it makes of an appointment.
    fn to(self, id: Uuid, before: &Before) -> Changed {
        let cancelled = before.status == Status::Cancelled;
        let (start, minutes, repeated) = match self {
            Self::Move { start, minutes } => {
                let there = before.start == start && before.minutes == minutes;
                (start, minutes, there)
            }
            Self::Mark(status) => (before.start, before.minutes, before.status == status),
        };
        if cancelled && !(repeated && matches!(self, Self::Mark(_))) {
            return Changed::Gone;
        }
        Changed::Done(Booked {
            id,
            start,
            minutes,
            repeated,
        })
    }

    /// Whether what a reminder says is not so any more.
    fn outdates_reminders(self) -> bool {
        !matches!(self, Self::Mark(Status::Booked | Status::Confirmed))
    }

    fn line(self, actor: Actor, id: &str) -> Line<'_> {
        let (action, detail) = match self {
            Self::Move { start, minutes } => (
                "appointment.moved",
                json!({"to": start, "minutes": minutes}),
            ),
            Self::Mark(Status::Cancelled) => ("appointment.cancelled", json!({})),
            Self::Mark(status) => ("appointment.marked", json!({"status": status.as_str()})),
        };
        Line {
            actor,
            action,
            subject: "appointment",
            id,
            detail,
        }
    }
}

async fn locked(connection: &mut PgConnection, id: Uuid) -> Result<Option<Before>, sqlx::Error> {
    // Two that move into one time at once would each wait for the other; the lock ends with the transaction.
    sqlx::query!("select pg_advisory_xact_lock(hashtext('bella change'))")
        .execute(&mut *connection)
        .await?;
    let found = sqlx::query!(
        r#"select user_id, starts_at as "start: Ts", minutes as "minutes!", status
        from appointments where id = $1 for update"#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let status = Status::parse(&found.status)
        .ok_or_else(|| sqlx::Error::Decode("an unknown status".into()))?;
    Ok(Some(Before {
        start: found.start.to_jiff(),
        minutes: found.minutes.unsigned_abs(),
        status,
    }))
}

/// Changes the row; its person has been active.
async fn write(
    connection: &mut PgConnection,
    id: Uuid,
    change: Change,
    now: Ts,
) -> Result<Uuid, sqlx::Error> {
    let user = match change {
        Change::Move { start, minutes } => {
            let end = start
                .saturating_add(SignedDuration::from_mins(minutes.into()))
                .unwrap_or(Timestamp::MAX);
            let (start, end): (Ts, Ts) = (start.into(), end.into());
            sqlx::query_scalar!(
                "update appointments set starts_at = $2, ends_at = $3, modified_at = $4,
                    modification_count = modification_count + 1, status = 'booked'
                where id = $1 returning user_id",
                id,
                start as Ts,
                end as Ts,
                now as Ts,
            )
            .fetch_one(&mut *connection)
            .await?
        }
        Change::Mark(status) => {
            sqlx::query_scalar!(
                "update appointments set status = $2::text, modified_at = $3::timestamptz,
                    cancelled_at = case when $2::text = 'cancelled' then $3::timestamptz end
                where id = $1 returning user_id",
                id,
                status.as_str(),
                now as Ts,
            )
            .fetch_one(&mut *connection)
            .await?
        }
    };
    let holds = matches!(
        change,
        Change::Mark(Status::Booked | Status::Confirmed | Status::Completed)
    );
    if !holds {
        withdraw(&mut *connection, id, now).await?;
    }
    sqlx::query!(
        "update users set last_activity = greatest(last_activity, $2) where id = $1",
        user,
        now as Ts,
    )
    .execute(connection)
    .await?;
    Ok(user)
}

/// Takes out of the outbox what was to be said about the time that an appointment had.
async fn withdraw(connection: &mut PgConnection, id: Uuid, now: Ts) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update outbox set given_up_at = $2, error = 'withdrawn: the appointment was changed'
        where appointment_id = $1 and kind in ('reminder', 'satisfaction') and sent_at is null and given_up_at is null",
        id,
        now as Ts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl From<Changed> for Result<Booked, ChangeError> {
    fn from(changed: Changed) -> Self {
        match changed {
            Changed::Done(booked) => Ok(booked),
            Changed::Gone => Err(ChangeError::Gone),
            Changed::Taken => Err(ChangeError::Taken),
        }
    }
}
