//! Texts that wait, and those that did not arrive, for the pages of the business.

use bella_domain::phone::Mobile;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::database::WORK;
use super::outbox::{BODY, RECIPIENT};
use super::{Database, DbError, Trouble, Ts};
use crate::privacy::{Field, row};

/// A text that waits, or did not arrive.
#[derive(Debug, Clone)]
pub struct TextLeft {
    /// Where it goes; no number once the person is forgotten.
    pub to: Option<Mobile>,
    /// What it says, until it is purged.
    pub body: Option<String>,
    /// Not before this moment.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it will not be tried again, or was not delivered.
    pub failed: bool,
    /// What Twilio said.
    pub error: Option<String>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextsLeft {
    /// That should have been sent by now.
    pub due: u64,
    /// That failed in the last week.
    pub failed: u64,
}

type Stored = (
    Uuid,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Ts,
    i32,
    bool,
    Option<String>,
);

/// How long a failure is worth a look.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Database {
    /// Texts that wait, and those of the last week that failed: failures first, then the most urgent; 200 at most.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn list_texts_left(&self) -> Result<Vec<TextLeft>, DbError> {
        let since: Ts = (self.now() - WEEK).into();
        self.bounded("listing texts", WORK, async {
            let mut held = self.hold().await?;
            let stored: Vec<Stored> = sqlx::query_as(
                "select id, recipient, body, not_before, attempts, failed, error from (
                    select o.*, o.given_up_at is not null or coalesce(o.delivery_status in ('failed', 'undelivered'), false) as failed
                    from outbox o) t
                where purged_at is null and ((failed and not_before >= $1) or (sent_at is null and not failed))
                order by failed desc, not_before limit 200",
            )
            .bind(since)
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let texts = stored.into_iter().map(|stored| self.text_of(stored));
            texts.collect()
        })
        .await
    }

    /// How many texts wait, and how many failed.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn texts_left(&self) -> Result<TextsLeft, DbError> {
        let (now, since): (Ts, Ts) = (self.now().into(), (self.now() - WEEK).into());
        self.bounded("counting texts", WORK, async {
            let mut held = self.hold().await?;
            let (due, failed): (i64, i64) = sqlx::query_as(
                "select count(*) filter (where sent_at is null and given_up_at is null and not_before <= $1),
                    count(*) filter (where not_before >= $2
                        and (given_up_at is not null or delivery_status in ('failed', 'undelivered')))
                from outbox where purged_at is null",
            )
            .bind(now)
            .bind(since)
            .fetch_one(&mut *held)
            .await?;
            held.release();
            Ok(TextsLeft {
                due: due.unsigned_abs(),
                failed: failed.unsigned_abs(),
            })
        })
        .await
    }

    fn text_of(&self, stored: Stored) -> Result<TextLeft, Trouble> {
        let (id, recipient, body, not_before, attempts, failed, error) = stored;
        let key = row(id);
        let open = |column, sealed: Option<Vec<u8>>| {
            let opened =
                sealed.map(|sealed| self.vault().open_text(Field::new(column, &key), &sealed));
            opened.transpose()
        };
        let to = open(RECIPIENT, recipient)?;
        Ok(TextLeft {
            to: to.and_then(|to| Mobile::from_e164(&to).ok()),
            body: open(BODY, body)?,
            not_before: not_before.to_jiff(),
            attempts: attempts.unsigned_abs(),
            failed,
            error,
        })
    }
}
