//! Retention: what is older than `RETENTION_DAYS` is deleted, whoever has not been heard of for so long is forgotten.
//!
//! A person is heard of when they book, change, text or call, and until their last appointment is over; one with an appointment to
//! come is never forgotten. Each batch is a transaction of its own: a run that is cut off has done what it did, and the next goes on.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Connection;

use super::erasure::forget;
use super::recordings::{Deleted, Recordings, delete_recordings, left};
use crate::db::{Actor, AuditLine, Database, DbError, Held, Trouble, Ts, WORK, audit};

/// People of one transaction.
const BATCH: i64 = 50;

/// Rows of one statement: far from what a statement may take.
const ROWS: i64 = 500;

/// Answers to repeated requests of the API are kept for a day, those to repeated messages for a month.
const ONCE: [SignedDuration; 2] = [
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24 * 30),
];

/// What a run did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// People who are forgotten, with their notes, transcripts and texts.
    pub people: u64,
    /// Transcripts of others that are deleted.
    pub transcripts: u64,
    /// Notes on appointments that are deleted.
    pub notes: u64,
    /// Texts whose number and words are deleted.
    pub texts: u64,
    /// Recordings.
    pub recordings: Deleted,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// It did this.
    Done(Report),
    /// Another process is at it.
    Elsewhere,
}

/// Runs once. With `dry_run` nothing is changed; the report says what would be.
///
/// # Errors
/// See [`DbError`]; what was done before stays done.
pub async fn run<R: Recordings>(
    database: &Database,
    recordings: &R,
    days: u16,
    dry_run: bool,
) -> Result<Ran, DbError> {
    let cutoff = cutoff(database.now(), days);
    if dry_run {
        return Ok(Ran::Done(would(database, cutoff).await?));
    }
    let Some(lock) = lock(database).await? else {
        return Ok(Ran::Elsewhere);
    };
    let report = carry_out(database, recordings, cutoff).await;
    unlock(database, lock).await?;
    Ok(Ran::Done(report?))
}

/// Runs once a day, by whichever process comes first, until `stop` resolves.
pub async fn daily<R: Recordings>(
    database: Database,
    recordings: R,
    days: u16,
    stop: impl Future<Output = ()>,
) {
    let mut stop = std::pin::pin!(stop);
    let mut hour = tokio::time::interval(Duration::from_hours(1));
    loop {
        tokio::select! {
            _ = hour.tick() => {}
            () = &mut stop => return,
        }
        let ran = async {
            match ran_lately(&database).await {
                Ok(false) => run(&database, &recordings, days, false).await.map(Some),
                Ok(true) => Ok(None),
                Err(err) => Err(err),
            }
        };
        // A run that is cut off is continued by the next.
        tokio::select! {
            ran = ran => match ran {
                Ok(Some(Ran::Done(report))) => tracing::info!(?report, "retention ran"),
                Ok(Some(Ran::Elsewhere) | None) => {}
                Err(err) => tracing::warn!(%err, "retention did not end; the next run goes on"),
            },
            () = &mut stop => return,
        }
    }
}

/// Nothing from before this moment is kept.
pub fn cutoff(now: Timestamp, days: u16) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days)))
        .unwrap_or(Timestamp::MIN)
}

async fn carry_out<R: Recordings>(
    database: &Database,
    recordings: &R,
    cutoff: Timestamp,
) -> Result<Report, DbError> {
    let mut report = Report::default();
    loop {
        let forgotten = people(database, cutoff).await?;
        report.people += forgotten;
        if forgotten == 0 {
            break;
        }
    }
    // What is left is of people who were heard of since, or of nobody.
    loop {
        let batch = [
            transcripts(database, cutoff).await?,
            notes(database, cutoff).await?,
            texts(database, cutoff).await?,
        ];
        report.transcripts += batch[0];
        report.notes += batch[1];
        report.texts += batch[2];
        if batch == [0; 3] {
            break;
        }
    }
    once(database).await?;
    report.recordings = delete_recordings(database, recordings, cutoff).await?;
    note(database, &report).await?;
    Ok(report)
}

/// A connection that holds the lock: the lock ends with it, however it ends.
async fn lock(database: &Database) -> Result<Option<Held>, DbError> {
    database
        .bounded("asking whether retention runs elsewhere", WORK, async {
            let mut held = database.hold().await?;
            let locked = sqlx::query_scalar!(
                r#"select pg_try_advisory_lock(hashtext('bella retention')) as "locked!""#
            )
            .fetch_one(&mut *held)
            .await?;
            if locked {
                return Ok(Some(held));
            }
            held.release();
            Ok(None)
        })
        .await
}

async fn unlock(database: &Database, mut lock: Held) -> Result<(), DbError> {
    database
        .bounded("ending retention", WORK, async {
            sqlx::query!(
                r#"select pg_advisory_unlock(hashtext('bella retention')) as "unlocked!""#
            )
            .fetch_one(&mut *lock)
            .await?;
            lock.release();
            Ok(())
        })
        .await
}

async fn ran_lately(database: &Database) -> Result<bool, DbError> {
    let since = database
        .now()
        .saturating_sub(SignedDuration::from_hours(23));
    let since: Ts = since.unwrap_or(Timestamp::MIN).into();
    database
        .bounded("asking when retention ran", WORK, async {
            let mut held = database.hold().await?;
            let ran = sqlx::query_scalar!(
                r#"select exists (select from audit where subject = 'retention' and at > $1) as "ran!""#,
                since as Ts,
            )
            .fetch_one(&mut *held)
            .await?;
            held.release();
            Ok(ran)
        })
        .await
}

/// Forgets a batch of people; 0 when there is nobody left to forget.
async fn people(database: &Database, cutoff: Timestamp) -> Result<u64, DbError> {
    let cutoff: Ts = cutoff.into();
    database
        .bounded("forgetting people", WORK, async {
            let mut held = database.hold().await?;
            let mut transaction = held.begin().await?;
            let people = sqlx::query_scalar!(
                "select id from users u where anonymised_at is null and last_activity < $1
                    and not exists (select from appointments a
                        where a.user_id = u.id and a.ends_at >= $1 and a.status <> 'cancelled')
                    and not exists (select from calls c where c.user_id = u.id and c.started_at >= $1)
                order by last_activity limit $2 for update",
                cutoff as Ts,
                BATCH,
            )
            .fetch_all(&mut *transaction)
            .await?;
            for user in &people {
                let now = database.now().into();
                forget(&mut transaction, Actor::Service, *user, now).await?;
            }
            transaction.commit().await?;
            held.release();
            Ok(people.len() as u64)
        })
        .await
}

async fn transcripts(database: &Database, cutoff: Timestamp) -> Result<u64, DbError> {
    let (cutoff, now): (Ts, Ts) = (cutoff.into(), database.now().into());
    database
        .bounded("deleting transcripts", WORK, async {
            let mut held = database.hold().await?;
            let done = sqlx::query!(
                "update calls set transcript = null, purged_at = $2 where sid in (
                    select sid from calls where started_at < $1 and transcript is not null limit $3)",
                cutoff as Ts,
                now as Ts,
                ROWS,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected())
        })
        .await
}

async fn notes(database: &Database, cutoff: Timestamp) -> Result<u64, DbError> {
    let cutoff: Ts = cutoff.into();
    database
        .bounded("deleting notes", WORK, async {
            let mut held = database.hold().await?;
            let done = sqlx::query!(
                "update appointments set notes = null where id in (
                    select id from appointments where ends_at < $1 and notes is not null limit $2)",
                cutoff as Ts,
                ROWS,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected())
        })
        .await
}

async fn texts(database: &Database, cutoff: Timestamp) -> Result<u64, DbError> {
    let (cutoff, now): (Ts, Ts) = (cutoff.into(), database.now().into());
    database
        .bounded("deleting texts", WORK, async {
            let mut held = database.hold().await?;
            let done = sqlx::query!(
                "update outbox set recipient = null, body = null, purged_at = $2 where id in (
                    select id from outbox where created_at < $1 and not_before < $1 and body is not null
                        and (sent_at is not null or given_up_at is not null) limit $3)",
                cutoff as Ts,
                now as Ts,
                ROWS,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected())
        })
        .await
}

async fn once(database: &Database) -> Result<(), DbError> {
    let now = database.now();
    let [requests, messages] =
        ONCE.map(|age| now.saturating_sub(age).unwrap_or(Timestamp::MIN).into());
    let (requests, messages): (Ts, Ts) = (requests, messages);
    database
        .bounded("deleting old answers", WORK, async {
            let mut held = database.hold().await?;
            sqlx::query!(
                "delete from idempotency_keys where created_at < $1",
                requests as Ts,
            )
            .execute(&mut *held)
            .await?;
            sqlx::query!(
                "delete from seen_messages where seen_at < $1",
                messages as Ts
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
}

async fn note(database: &Database, report: &Report) -> Result<(), DbError> {
    database
        .bounded("noting what retention did", WORK, async {
            let mut held = database.hold().await?;
            let line = AuditLine {
                actor: Actor::Service,
                action: "retention.ran",
                subject: "retention",
                id: "daily",
                detail: json!({
                    "people": report.people,
                    "transcripts": report.transcripts,
                    "notes": report.notes,
                    "texts": report.texts,
                    "recordings": report.recordings.deleted,
                    "recordings_failed": report.recordings.failed,
                }),
            };
            audit::write(&mut held, database.now().into(), line).await?;
            held.release();
            Ok::<_, Trouble>(())
        })
        .await
}

async fn would(database: &Database, cutoff: Timestamp) -> Result<Report, DbError> {
    let recordings = left(database, cutoff).await?;
    let cutoff: Ts = cutoff.into();
    database
        .bounded("counting what retention would do", WORK, async {
            let mut held = database.hold().await?;
            let mut transaction = held.begin().await?;
            // Counting everything takes longer than a caller could wait.
            sqlx::query!("set local statement_timeout = '5s'")
                .execute(&mut *transaction)
                .await?;
            let count = sqlx::query!(
                r#"with old as (
                    select id from users u where anonymised_at is null and last_activity < $1
                        and not exists (select from appointments a
                            where a.user_id = u.id and a.ends_at >= $1 and a.status <> 'cancelled')
                        and not exists (select from calls c where c.user_id = u.id and c.started_at >= $1))
                select (select count(*) from old) as "people!",
                    (select count(*) from calls where started_at < $1 and transcript is not null
                        and (user_id is null or user_id not in (select id from old))) as "transcripts!",
                    (select count(*) from appointments where ends_at < $1 and notes is not null
                        and user_id not in (select id from old)) as "notes!",
                    (select count(*) from outbox where created_at < $1 and not_before < $1 and body is not null
                        and (sent_at is not null or given_up_at is not null)
                        and (user_id is null or user_id not in (select id from old))) as "texts!""#,
                cutoff as Ts,
            )
            .fetch_one(&mut *transaction)
            .await?;
            transaction.rollback().await?;
            held.release();
            Ok(Report {
                people: count.people.unsigned_abs(),
                transcripts: count.transcripts.unsigned_abs(),
                notes: count.notes.unsigned_abs(),
                texts: count.texts.unsigned_abs(),
                recordings: Deleted {
                    deleted: recordings.len() as u64,
                    ..Deleted::default()
                },
            })
        })
        .await
}
