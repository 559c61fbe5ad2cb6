//! Forgetting a person: on their wish, or when they have not been heard of for long.
//!
//! What is left is that somebody had appointments and called, and the audit log's proof that they were forgotten.

use bella_domain::phone::Mobile;
use serde_json::json;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::db::{Actor, AuditLine, Database, DbError, Ts, WORK, audit};

/// What forgetting somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Rows of people: two where somebody was added twice during a rotation of keys.
    pub people: u64,
    /// Appointments to come that were cancelled.
    pub cancelled: u64,
    /// Transcripts that were deleted.
    pub transcripts: u64,
    /// Recordings that are to be deleted at the carrier: [`super::delete_recordings`].
    pub recordings: u64,
}

impl Database {
    /// Forgets whoever has this number: appointments to come are cancelled, name, number, notes, transcripts and texts are gone
    /// when this returns; recordings go with the next [`super::delete_recordings`]. Again, there is nobody.
    ///
    /// # Errors
    /// See [`DbError`]; then nothing was changed.
    pub async fn erase(&self, actor: Actor, mobile: &Mobile) -> Result<Erased, DbError> {
        let indexes = self.vault().indexes(mobile);
        self.bounded("forgetting a person", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = held.begin().await?;
            let people = sqlx::query_scalar!(
                "select id from users where mobile_index = any($1) order by id for update",
                &indexes,
            )
            .fetch_all(&mut *transaction)
            .await?;
            let mut erased = Erased::default();
            for user in people {
                let one = forget(&mut transaction, actor, user, self.now().into()).await?;
                erased.people += 1;
                erased.cancelled += one.cancelled;
                erased.transcripts += one.transcripts;
                erased.recordings += one.recordings;
            }
            transaction.commit().await?;
            held.release();
            Ok(erased)
        })
        .await
    }
}

/// Forgets one person, whose row is locked, in the transaction of the caller.
pub(super) async fn forget(
    connection: &mut PgConnection,
    actor: Actor,
    user: Uuid,
    now: Ts,
) -> Result<Erased, sqlx::Error> {
    let cancelled = cancel(connection, actor, user, now).await?;
    sqlx::query!(
        "update appointments set notes = null where user_id = $1",
        user
    )
    .execute(&mut *connection)
    .await?;
    let transcripts = sqlx::query_scalar!(
        r#"select count(*) as "count!" from calls where user_id = $1 and transcript is not null"#,
        user,
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "update calls set transcript = null, purged_at = $2 where user_id = $1",
        user,
        now as Ts,
    )
    .execute(&mut *connection)
    .await?;
    let recordings = sqlx::query_scalar!(
        r#"select count(*) as "count!" from recordings r join calls c on c.sid = r.call_sid
        where c.user_id = $1 and r.deleted_at is null"#,
        user,
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "update outbox set recipient = null, body = null, purged_at = $2,
            error = case when sent_at is null then 'withdrawn: the person is forgotten' else error end,
            given_up_at = case when sent_at is null then coalesce(given_up_at, $2::timestamptz) else given_up_at end
        where user_id = $1",
        user,
        now as Ts,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update users set name = null, mobile = null, mobile_index = null, opted_out_at = null, anonymised_at = $2
        where id = $1",
        user,
        now as Ts,
    )
    .execute(&mut *connection)
    .await?;
    let line = AuditLine {
        actor,
        action: "user.forgotten",
        subject: "user",
        id: &user.to_string(),
        detail: json!({"cancelled": cancelled, "transcripts": transcripts, "recordings": recordings}),
    };
    audit::write(connection, now, line).await?;
    Ok(Erased {
        people: 1,
        cancelled,
        transcripts: transcripts.unsigned_abs(),
        recordings: recordings.unsigned_abs(),
    })
}

/// Cancels what is still to come.
async fn cancel(
    connection: &mut PgConnection,
    actor: Actor,
    user: Uuid,
    now: Ts,
) -> Result<u64, sqlx::Error> {
    let cancelled = sqlx::query_scalar!(
        "update appointments set status = 'cancelled', cancelled_at = $2, modified_at = $2
        where user_id = $1 and status in ('booked', 'confirmed') and ends_at > $2 returning id",
        user,
        now as Ts,
    )
    .fetch_all(&mut *connection)
    .await?;
    for id in &cancelled {
        let line = AuditLine {
            actor,
            action: "appointment.cancelled",
            subject: "appointment",
            id: &id.to_string(),
            detail: json!({"because": "the person is forgotten"}),
        };
        audit::write(connection, now, line).await?;
    }
    Ok(cancelled.len() as u64)
}
