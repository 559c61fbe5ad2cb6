//! What the calls of a period used, for who holds the bills of telephony and speech to it.

use jiff::Timestamp;

use super::database::WORK;
use super::{Database, DbError, Ts};

/// What calls used; test data is in none of the figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Used {
    /// Calls that began in the period.
    pub calls: u64,
    /// Appointments that were made in them.
    pub bookings: u64,
    /// Calls of which the carrier did not say how long they took: their minutes are in no figure.
    pub calls_without_duration: u64,
    /// Minutes begun, of the calls whose length is known.
    pub voice_minutes: u64,
    /// Intervals of 15 seconds begun while speech was listened for.
    pub gather_intervals: u64,
    /// Minutes begun of recordings.
    pub recorded_minutes: u64,
    /// Seconds of audio that were transcribed.
    pub transcribed_seconds: u64,
    /// Segments that were texted.
    pub text_segments: u64,
}

impl Database {
    /// What the calls that began at `from` or later and before `to` used.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn used(&self, from: Timestamp, to: Timestamp) -> Result<Used, DbError> {
        let (from, to): (Ts, Ts) = (from.into(), to.into());
        self.bounded("adding up what calls used", WORK, async {
            let mut held = self.hold().await?;
            let sums: (i64, i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
                "select count(*), count(a.id), count(*) filter (where c.usage->'call_seconds' is null),
                    coalesce(sum(ceil((c.usage->>'call_seconds')::numeric / 60)), 0)::bigint,
                    coalesce(sum((c.usage->>'gather_intervals')::bigint), 0)::bigint,
                    coalesce(sum((c.usage->>'recorded_minutes')::bigint), 0)::bigint,
                    coalesce(sum((c.usage->>'transcribed_seconds')::bigint), 0)::bigint,
                    coalesce(sum((c.usage->>'text_segments')::bigint), 0)::bigint
                from calls c left join appointments a on a.call_sid = c.sid
                where not c.is_test_data and c.started_at >= $1 and c.started_at < $2",
            )
            .bind(from)
            .bind(to)
            .fetch_one(&mut *held)
            .await?;
            held.release();
            let of = |count: i64| count.unsigned_abs();
            Ok(Used {
                calls: of(sums.0),
                bookings: of(sums.1),
                calls_without_duration: of(sums.2),
                voice_minutes: of(sums.3),
                gather_intervals: of(sums.4),
                recorded_minutes: of(sums.5),
                transcribed_seconds: of(sums.6),
                text_segments: of(sums.7),
            })
        })
        .await
    }
}
