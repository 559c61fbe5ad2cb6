//! Which of some slots are free.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::database::CALL;
use super::{Database, DbError, Ts};

/// How many candidates are looked at: about a month of half hours.
const CANDIDATES: usize = 400;

impl Database {
    /// The first `how_many` of `candidates` at which nothing else is, in their order; `test` looks at test data, which lives in a
    /// world of its own.
    ///
    /// What is free here can be taken a moment later: only [`Database::book`] decides.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn nearest_free(
        &self,
        candidates: impl Iterator<Item = Zoned>,
        minutes: u16,
        how_many: usize,
        test: bool,
    ) -> Result<Vec<Zoned>, DbError> {
        let candidates: Vec<Zoned> = candidates.take(CANDIDATES).collect();
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let length = Duration::from_secs(u64::from(minutes) * 60);
        let (from, to) = span(&candidates, length);
        let taken = self.taken(from, to, test).await?;
        let free = |start: &Zoned| {
            let start = start.timestamp();
            let end = start.saturating_add(length).unwrap_or(Timestamp::MAX);
            !taken.iter().any(|(from, to)| *from < end && start < *to)
        };
        Ok(candidates.into_iter().filter(free).take(how_many).collect())
    }

    /// Beginning and end of every appointment that takes time between two moments, in order.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn taken(
        &self,
        from: Timestamp,
        to: Timestamp,
        test: bool,
    ) -> Result<Vec<(Timestamp, Timestamp)>, DbError> {
        let (from, to): (Ts, Ts) = (from.into(), to.into());
        self.bounded("looking for free times", CALL, async {
            let mut held = self.hold().await?;
            let taken = sqlx::query!(
                r#"select starts_at as "start: Ts", ends_at as "end: Ts" from appointments
                where starts_at < $2 and ends_at > $1 and is_test_data = $3
                    and status in ('booked', 'confirmed', 'completed')
                order by starts_at"#,
                from as Ts,
                to as Ts,
                test,
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let taken = taken.into_iter();
            Ok(taken
                .map(|one| (one.start.to_jiff(), one.end.to_jiff()))
                .collect())
        })
        .await
    }
}

/// From the first beginning to the last end.
fn span(candidates: &[Zoned], length: Duration) -> (Timestamp, Timestamp) {
    let starts = candidates.iter().map(Zoned::timestamp);
    let from = starts.clone().min().unwrap_or(Timestamp::MIN);
    let to = starts.max().unwrap_or(Timestamp::MIN);
    (from, to.saturating_add(length).unwrap_or(Timestamp::MAX))
}
