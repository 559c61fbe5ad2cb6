//! What texts are about: appointments that come up or are over, opting out, ratings.

use bella_domain::phone::Mobile;
use jiff::Timestamp;
use uuid::Uuid;

use super::database::WORK;
use super::person::open_mobile;
use super::{AppointmentRow, Database, DbError, Filter, Status, Ts};

/// An appointment whose person can be texted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// Its id.
    pub id: Uuid,
    /// Its beginning.
    pub start: Timestamp,
    /// Its length.
    pub minutes: u16,
    /// Where the text goes.
    pub mobile: Mobile,
    /// When it was made, or last moved.
    pub since: Timestamp,
}

impl Database {
    /// Appointments that begin between two moments and are neither cancelled nor trials, of people who want texts.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn upcoming(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Upcoming>, DbError> {
        let (from, to): (Ts, Ts) = (from.into(), to.into());
        self.bounded("looking for appointments to text about", WORK, async {
            let mut held = self.hold().await?;
            let rows = sqlx::query!(
                r#"select a.id, a.starts_at as "start: Ts", a.minutes as "minutes!", u.id as user, u.mobile as "mobile!",
                    a.modified_at as "since: Ts"
                from appointments a join users u on u.id = a.user_id
                where a.starts_at >= $1 and a.starts_at < $2 and a.status in ('booked', 'confirmed', 'completed')
                    and not a.is_test_data and u.mobile is not null and u.opted_out_at is null
                order by a.starts_at limit 1000"#,
                from as Ts,
                to as Ts,
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let mut upcoming = Vec::with_capacity(rows.len());
            for row in rows {
                upcoming.push(Upcoming {
                    id: row.id,
                    start: row.start.to_jiff(),
                    minutes: row.minutes.unsigned_abs(),
                    mobile: open_mobile(self.vault(), row.user, &row.mobile)?,
                    since: row.since.to_jiff(),
                });
            }
            Ok(upcoming)
        })
        .await
    }

    /// The next appointment of whoever has this number, that is neither past nor cancelled.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn next_appointment(
        &self,
        mobile: &Mobile,
    ) -> Result<Option<AppointmentRow>, DbError> {
        let filter = Filter {
            mobile: Some(mobile.clone()),
            from: Some(self.now()),
            ..Filter::default()
        };
        let rows = self.appointments(&filter, 50).await?;
        let live = |row: &AppointmentRow| matches!(row.status, Status::Booked | Status::Confirmed);
        Ok(rows.into_iter().find(live))
    }

    /// Notes that somebody wants no texts, or wants them again; whether we know them.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn opt_out(&self, mobile: &Mobile, out: bool) -> Result<bool, DbError> {
        let indexes = self.vault().indexes(mobile);
        let now: Ts = self.now().into();
        self.bounded("noting who wants texts", WORK, async {
            let mut held = self.hold().await?;
            let done = sqlx::query!(
                "update users set opted_out_at = case when $2 then coalesce(opted_out_at, $3::timestamptz) end,
                    last_activity = greatest(last_activity, $3::timestamptz)
                where mobile_index = any($1)",
                &indexes,
                out,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected() > 0)
        })
        .await
    }

    /// Notes that somebody was asked how satisfied they were; once an appointment.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn rating_asked(&self, appointment: Uuid) -> Result<bool, DbError> {
        let now: Ts = self.now().into();
        self.bounded("noting a question", WORK, async {
            let mut held = self.hold().await?;
            let done = sqlx::query!(
                "insert into ratings (appointment_id, user_id, asked_at)
                select id, user_id, $2 from appointments where id = $1 on conflict do nothing",
                appointment,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// Answers the latest open question of whoever has this number, 1 to 5; whether there was one.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn rate(&self, mobile: &Mobile, score: u8) -> Result<bool, DbError> {
        let indexes = self.vault().indexes(mobile);
        let now: Ts = self.now().into();
        self.bounded("noting an answer", WORK, async {
            let mut held = self.hold().await?;
            let done = sqlx::query!(
                "update ratings set score = $2, answered_at = $3 where appointment_id = (
                    select r.appointment_id from ratings r join users u on u.id = r.user_id
                    where u.mobile_index = any($1) and r.score is null order by r.asked_at desc limit 1)",
                &indexes,
                i16::from(score),
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(done.rows_affected() == 1)
        })
        .await
    }
}
