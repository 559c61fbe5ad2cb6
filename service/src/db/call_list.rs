//! Calls, for the pages of the business.

use jiff::Timestamp;

use super::database::WORK;
use super::{Database, DbError, Ts};

/// A call as the log has it; what is not known is absent.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// Twilio's id.
    pub sid: String,
    /// When it was answered.
    pub started: Timestamp,
    /// Its length as it is billed.
    pub seconds: Option<i64>,
    /// What came of it.
    pub outcome: Option<String>,
    /// How many webhooks it took.
    pub steps: u32,
    /// How many answers were not understood.
    pub failures: u32,
    /// What it cost, in millionths of a US dollar.
    pub micro_usd: Option<i64>,
    /// Whether it was a trial.
    pub test: bool,
}

type Stored = (
    String,
    Ts,
    Option<Ts>,
    Option<i32>,
    Option<String>,
    i32,
    i32,
    Option<i64>,
    bool,
);

macro_rules! calls {
    ($rest:literal) => {
        concat!(
            "select c.sid, c.started_at, c.ended_at, c.seconds, c.outcome, c.steps, c.failures,
                (select sum(k.micro_usd)::bigint from call_costs k where k.call_sid = c.sid), c.is_test_data
            from calls c ",
            $rest
        )
    };
}

impl Database {
    /// The calls that began before one, all by default; newest first, `limit` at most.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn calls(
        &self,
        before: Option<(Timestamp, &str)>,
        limit: u16,
    ) -> Result<Vec<CallRow>, DbError> {
        let started: Option<Ts> = before.map(|(started, _)| started.into());
        self.bounded("listing calls", WORK, async {
            let mut held = self.hold().await?;
            let rest = calls!(
                "where $1::timestamptz is null or (c.started_at, c.sid) < ($1, $2)
                order by c.started_at desc, c.sid desc limit $3"
            );
            let stored: Vec<Stored> = sqlx::query_as(rest)
                .bind(started)
                .bind(before.map(|(_, sid)| sid))
                .bind(i64::from(limit))
                .fetch_all(&mut *held)
                .await?;
            held.release();
            Ok(stored.into_iter().map(row).collect())
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
            let stored: Option<Stored> = sqlx::query_as(calls!("where c.sid = $1"))
                .bind(sid)
                .fetch_optional(&mut *held)
                .await?;
            held.release();
            Ok(stored.map(row))
        })
        .await
    }

    /// What a call cost, a line a service, in millionths of a US dollar.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn call_costs(&self, sid: &str) -> Result<Vec<(String, i64)>, DbError> {
        self.bounded("reading what a call cost", WORK, async {
            let mut held = self.hold().await?;
            let lines = sqlx::query_as(
                "select service, sum(micro_usd)::bigint from call_costs where call_sid = $1
                group by service order by service",
            )
            .bind(sid)
            .fetch_all(&mut *held)
            .await?;
            held.release();
            Ok(lines)
        })
        .await
    }
}

fn row(stored: Stored) -> CallRow {
    let (sid, started, ended, seconds, outcome, steps, failures, micro_usd, test) = stored;
    let started = started.to_jiff();
    let measured = ended.map(|ended| ended.to_jiff().duration_since(started).as_secs());
    CallRow {
        sid,
        started,
        seconds: seconds.map(i64::from).or(measured),
        outcome,
        steps: steps.unsigned_abs(),
        failures: failures.unsigned_abs(),
        micro_usd,
        test,
    }
}
