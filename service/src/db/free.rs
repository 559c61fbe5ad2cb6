//! Which of some slots are free.

use std::time::Duration;

use bella_domain::slot::FreeSlot;
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
        let free = self.free_slots(candidates, minutes, how_many, test);
        Ok(free.await?.into_iter().map(|slot| slot.start).collect())
    }

    /// As [`Database::nearest_free`], each with whether an appointment begins where it ends, or ends where it begins.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn free_slots(
        &self,
        candidates: impl Iterator<Item = Zoned>,
        minutes: u16,
        how_many: usize,
        test: bool,
    ) -> Result<Vec<FreeSlot>, DbError> {
        let candidates: Vec<Zoned> = candidates.take(CANDIDATES).collect();
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let length = Duration::from_secs(u64::from(minutes) * 60);
        let (from, to) = span(&candidates, length);
        let taken = self.taken(from, to, test).await?;
        let free = |start: Zoned| {
            let begin = start.timestamp();
            let end = begin.saturating_add(length).unwrap_or(Timestamp::MAX);
            let free = !taken.iter().any(|(from, to)| *from < end && begin < *to);
            let adjoins = taken.iter().any(|(from, to)| *from == end || *to == begin);
            free.then_some(FreeSlot { start, adjoins })
        };
        Ok(candidates
            .into_iter()
            .filter_map(free)
            .take(how_many)
            .collect())
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

/// From just before the first beginning to just after the last end, so that neighbours are seen.
fn span(candidates: &[Zoned], length: Duration) -> (Timestamp, Timestamp) {
    let starts = candidates.iter().map(Zoned::timestamp);
    let from = starts.clone().min().unwrap_or(Timestamp::MIN);
    let to = starts.max().unwrap_or(Timestamp::MIN);
    let moment = Duration::from_secs(1);
    (
        from.saturating_sub(moment).unwrap_or(Timestamp::MIN),
        to.saturating_add(length + moment).unwrap_or(Timestamp::MAX),
    )
}
