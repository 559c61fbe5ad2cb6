//! The log of calls: what was said is sealed; what it cost is kept line by line.
//!
//! - [`CallEnd`]: what is known when a call is over
//! - [`CallRow`]: a call as the admin pages show it

mod list;

pub use list::{CallCursor, CallRow};

use bella_domain::booking::CallSid;
use bella_domain::phone::Mobile;
use jiff::Timestamp;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use sqlx::types::Json;

use super::database::WORK;
use super::{Database, DbError, Ts};
use crate::privacy::Field;
use crate::tariff::{self, Usage};

pub(crate) const TRANSCRIPT: &str = "calls.transcript";

/// What is known when a call is over.
#[derive(Debug, Clone)]
pub struct CallEnd<'a> {
    /// Twilio's id.
    pub sid: &'a CallSid,
    /// Who called, where the number is known.
    pub mobile: Option<&'a Mobile>,
    /// Whether it was a trial.
    pub test: bool,
    /// When it was answered.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// What came of it: `booked`, `moved`, `cancelled`, `queued`, `transferred`, `abandoned`, …
    pub outcome: &'a str,
    /// Webhooks that were answered.
    pub steps: u32,
    /// Steps that were not understood, or failed.
    pub failures: u32,
    /// What was said on both sides, where it is kept.
    pub transcript: Option<&'a str>,
    /// What it used, as far as it is known; `call_seconds` is its length.
    pub usage: &'a Usage,
}

impl Database {
    /// A call was answered; again, nothing changes.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn call_started(
        &self,
        sid: &CallSid,
        started: Timestamp,
        test: bool,
    ) -> Result<(), DbError> {
        let started: Ts = started.into();
        self.bounded("logging a call", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "insert into calls (sid, started_at, is_test_data) values ($1, $2, $3) on conflict (sid) do nothing",
                sid.as_str(),
                started as Ts,
                test,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// A call is over. Told again, with the same or with more, it is the same call: what is known stays, what is new is added.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn call_ended(&self, call: &CallEnd<'_>) -> Result<(), DbError> {
        let sid = call.sid.as_str();
        let transcript = call.transcript.map(|words| {
            let field = Field::new(TRANSCRIPT, sid);
            self.vault().seal(field, words.as_bytes())
        });
        let indexes = call.mobile.map(|mobile| self.vault().indexes(mobile));
        let (started, ended): (Ts, Ts) = (call.started.into(), call.ended.into());
        self.bounded("logging a call's end", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = held.begin().await?;
            sqlx::query!(
                "insert into calls (sid, user_id, is_test_data, started_at, ended_at, seconds, outcome, steps, failures, transcript)
                values ($1, coalesce(
                        (select user_id from appointments where call_sid = $1),
                        (select id from users where mobile_index = any($2) order by created_at limit 1)),
                    $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict (sid) do update set
                    user_id = coalesce(calls.user_id, excluded.user_id),
                    ended_at = coalesce(calls.ended_at, excluded.ended_at),
                    seconds = coalesce(excluded.seconds, calls.seconds),
                    outcome = coalesce(calls.outcome, excluded.outcome),
                    steps = greatest(calls.steps, excluded.steps),
                    failures = greatest(calls.failures, excluded.failures),
                    transcript = case when calls.purged_at is null then coalesce(excluded.transcript, calls.transcript) end",
                sid,
                indexes.as_deref(),
                call.test,
                started as Ts,
                ended as Ts,
                call.usage.call_seconds.map(u32::cast_signed),
                call.outcome,
                call.steps.cast_signed(),
                call.failures.cast_signed(),
                transcript,
            )
            .execute(&mut *transaction)
            .await?;
            used(&mut transaction, sid, |usage| {
                let seconds = usage.call_seconds;
                *usage = call.usage.clone();
                // The end of the dialogue may be written after Twilio's report, which alone knows the length.
                usage.call_seconds = usage.call_seconds.or(seconds);
            })
            .await?;
            transaction.commit().await?;
            held.release();
            Ok(())
        })
        .await
    }
}

/// Changes what a call used, and with it what it cost; nothing happens for a call that is not logged yet.
///
/// Its texts are counted from the outbox, at each change: one may be sent before the call is logged, or while it is.
pub(super) async fn used(
    connection: &mut PgConnection,
    sid: &str,
    change: impl FnOnce(&mut Usage),
) -> Result<(), sqlx::Error> {
    // Whoever comes second sees what the first wrote.
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtext('bella call ' || $1))",
        sid
    )
    .execute(&mut *connection)
    .await?;
    let usage = sqlx::query_scalar!(
        r#"select usage as "usage: Json<Usage>" from calls where sid = $1 for update"#,
        sid,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(Json(mut usage)) = usage else {
        return Ok(());
    };
    change(&mut usage);
    let texts = sqlx::query_scalar!(
        r#"select coalesce(sum(segments), 0)::int as "segments!" from outbox
        where call_sid = $1 and sent_at is not null"#,
        sid,
    )
    .fetch_one(&mut *connection)
    .await?;
    usage.text_segments = texts.unsigned_abs();
    let lines = tariff::lines(&usage);
    let micro_usd: u64 = lines.iter().map(tariff::CostLine::micro_usd).sum();
    sqlx::query!(
        "update calls set usage = $2, costs = $3, micro_usd = $4 where sid = $1",
        sid,
        Json(usage) as _,
        Json(&lines) as _,
        i64::try_from(micro_usd).unwrap_or(i64::MAX),
    )
    .execute(connection)
    .await?;
    Ok(())
}
