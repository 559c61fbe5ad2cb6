//! Figures of a period, for the pages of the business.

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::WORK;
use super::{Database, DbError, Ts};

/// What happened on a day of the business's calendar; test data is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFigures {
    /// The day.
    pub day: Date,
    /// Calls that were answered.
    pub calls: u64,
    /// Of these, those in which an appointment was made.
    pub booking_calls: u64,
    /// Appointments that were made, by telephone or otherwise.
    pub booked: u64,
    /// Of these, those that were made by telephone.
    pub booked_by_call: u64,
}

/// What a period came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sums {
    /// What calls cost, in millionths of a US dollar; absent when nothing was metered.
    pub micro_usd: Option<i64>,
    /// Calls that cost something.
    pub metered_calls: i64,
    /// How long the calls took whose length is known, on average, in seconds.
    pub seconds: Option<f64>,
    /// The average of the satisfaction texts' answers, 1 to 5, and how many there were.
    pub score: Option<f64>,
    /// How many there were.
    pub scores: i64,
}

impl Database {
    /// Every day from `from` to `to`, both included, also those without anything.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn day_figures(&self, from: Date, to: Date) -> Result<Vec<DayFigures>, DbError> {
        let zone = self.zone().iana_name().unwrap_or("UTC").to_owned();
        self.bounded("counting calls and appointments", WORK, async {
            let mut held = self.hold().await?;
            let rows: Vec<(jiff_sqlx::Date, i64, i64, i64, i64)> = sqlx::query_as(
                "with days as (select generate_series($1::date, $2::date, '1 day')::date as day),
                called as (
                    select (c.started_at at time zone $3)::date as day, count(*) as calls, count(a.id) as booking
                    from calls c left join appointments a on a.call_sid = c.sid
                    where not c.is_test_data and c.started_at >= $1::date::timestamp at time zone $3
                        and c.started_at < ($2::date + 1)::timestamp at time zone $3
                    group by 1),
                made as (
                    select (a.created_at at time zone $3)::date as day, count(*) as booked, count(a.call_sid) as by_call
                    from appointments a
                    where not a.is_test_data and a.created_at >= $1::date::timestamp at time zone $3
                        and a.created_at < ($2::date + 1)::timestamp at time zone $3
                    group by 1)
                select d.day, coalesce(c.calls, 0), coalesce(c.booking, 0), coalesce(m.booked, 0), coalesce(m.by_call, 0)
                from days d left join called c using (day) left join made m using (day) order by d.day",
            )
            .bind(jiff_sqlx::Date::from(from))
            .bind(jiff_sqlx::Date::from(to))
            .bind(zone)
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let rows = rows.into_iter();
            Ok(rows
                .map(|(day, calls, booking, booked, by_call)| DayFigures {
                    day: day.to_jiff(),
                    calls: calls.unsigned_abs(),
                    booking_calls: booking.unsigned_abs(),
                    booked: booked.unsigned_abs(),
                    booked_by_call: by_call.unsigned_abs(),
                })
                .collect())
        })
        .await
    }

    /// What calls between two moments cost and how long they took.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn sums(&self, from: Timestamp, to: Timestamp) -> Result<Sums, DbError> {
        let (from, to): (Ts, Ts) = (from.into(), to.into());
        self.bounded("adding up what calls cost", WORK, async {
            let mut held = self.hold().await?;
            let (micro_usd, metered_calls, seconds): (Option<i64>, i64, Option<f64>) =
                sqlx::query_as(
                    "select sum(c.micro_usd)::bigint, count(c.micro_usd),
                        avg(coalesce(c.seconds, extract(epoch from c.ended_at - c.started_at)))::float8
                    from calls c where c.started_at >= $1 and c.started_at < $2 and not c.is_test_data",
                )
                .bind(from)
                .bind(to)
                .fetch_one(&mut *held)
                .await?;
            let (score, scores): (Option<f64>, i64) = sqlx::query_as(
                "select avg(score)::float8, count(score) from ratings where answered_at >= $1 and answered_at < $2",
            )
            .bind(from)
            .bind(to)
            .fetch_one(&mut *held)
            .await?;
            held.release();
            Ok(Sums {
                micro_usd,
                metered_calls,
                seconds,
                score,
                scores,
            })
        })
        .await
    }
}
