//! Calls as the admin pages show them.

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::database::WORK;
use super::super::person::open_name;
use super::super::{Database, DbError, Trouble, Ts};
use super::TRANSCRIPT;
use crate::privacy::Field;
use crate::tariff::CostLine;

/// Where a page of the log ends.
pub type CallCursor = (Timestamp, String);

/// A call of the log.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// Twilio's id.
    pub sid: String,
    /// Who called, where they are known.
    pub user: Option<Uuid>,
    /// Their name.
    pub name: Option<bella_domain::name::PersonName>,
    /// Whether it was a trial.
    pub test: bool,
    /// When it was answered.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How long it took, as Twilio counted it.
    pub seconds: Option<u32>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Webhooks that were answered.
    pub steps: u32,
    /// Steps that were not understood, or failed.
    pub failures: u32,
    /// What was said, until it is deleted.
    pub transcript: Option<String>,
    /// What it cost, line by line, as far as it is known.
    pub costs: Vec<CostLine>,
    /// The sum in millionths of a US dollar.
    pub micro_usd: Option<u64>,
    /// The appointment it booked.
    pub appointment: Option<Uuid>,
}

struct Stored {
    sid: String,
    user: Option<Uuid>,
    name: Option<Vec<u8>>,
    test: bool,
    started: Ts,
    ended: Option<Ts>,
    seconds: Option<i32>,
    outcome: Option<String>,
    steps: i32,
    failures: i32,
    transcript: Option<Vec<u8>>,
    costs: Json<Vec<CostLine>>,
    micro_usd: Option<i64>,
    appointment: Option<Uuid>,
}

impl Database {
    /// The newest calls before a cursor, `limit` at most; of one person where one is given.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn calls(
        &self,
        user: Option<Uuid>,
        before: Option<&CallCursor>,
        limit: u16,
    ) -> Result<Vec<CallRow>, DbError> {
        let at: Option<Ts> = before.map(|(at, _)| (*at).into());
        let sid = before.map(|(_, sid)| sid.as_str());
        self.bounded("listing calls", WORK, async {
            let mut held = self.hold().await?;
            let rows = sqlx::query_as!(
                Stored,
                r#"select c.sid, c.user_id as user, u.name as "name?", c.is_test_data as test, c.started_at as "started: Ts",
                    c.ended_at as "ended: Ts", c.seconds, c.outcome, c.steps, c.failures, c.transcript,
                    c.costs as "costs: Json<Vec<CostLine>>", c.micro_usd, a.id as "appointment?"
                from calls c left join users u on u.id = c.user_id left join appointments a on a.call_sid = c.sid
                where ($1::uuid is null or c.user_id = $1)
                    and ($2::timestamptz is null or (c.started_at, c.sid) < ($2, $3::text))
                order by c.started_at desc, c.sid desc limit $4"#,
                user,
                at as Option<Ts>,
                sid,
                i64::from(limit),
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            rows.into_iter().map(|row| self.opened_call(row)).collect()
        })
        .await
    }

    /// One call.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn call(&self, sid: &str) -> Result<Option<CallRow>, DbError> {
        self.bounded("reading a call", WORK, async {
            let mut held = self.hold().await?;
            let row = sqlx::query_as!(
                Stored,
                r#"select c.sid, c.user_id as user, u.name as "name?", c.is_test_data as test, c.started_at as "started: Ts",
                    c.ended_at as "ended: Ts", c.seconds, c.outcome, c.steps, c.failures, c.transcript,
                    c.costs as "costs: Json<Vec<CostLine>>", c.micro_usd, a.id as "appointment?"
                from calls c left join users u on u.id = c.user_id left join appointments a on a.call_sid = c.sid
                where c.sid = $1"#,
                sid,
            )
            .fetch_optional(&mut *held)
            .await?;
            held.release();
            row.map(|row| self.opened_call(row)).transpose()
        })
        .await
    }

    fn opened_call(&self, row: Stored) -> Result<CallRow, Trouble> {
        let vault = self.vault();
        let name = match (row.user, &row.name) {
            (Some(user), Some(name)) => Some(open_name(vault, user, name)?),
            _ => None,
        };
        let transcript = match &row.transcript {
            Some(words) => Some(vault.open_text(Field::new(TRANSCRIPT, &row.sid), words)?),
            None => None,
        };
        Ok(CallRow {
            sid: row.sid,
            user: row.user,
            name,
            test: row.test,
            started: row.started.to_jiff(),
            ended: row.ended.map(Ts::to_jiff),
            seconds: row.seconds.map(i32::unsigned_abs),
            outcome: row.outcome,
            steps: row.steps.unsigned_abs(),
            failures: row.failures.unsigned_abs(),
            transcript,
            costs: row.costs.0,
            micro_usd: row.micro_usd.map(i64::unsigned_abs),
            appointment: row.appointment,
        })
    }
}
