//! What is done once however often it is asked for: requests of the API, messages of the carrier.

use super::database::WORK;
use super::{Database, DbError, Ts};
use crate::privacy::Field;

const ANSWER: &str = "idempotency_keys.answer";
const REPLY: &str = "seen_messages.answer";

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: the request is to be carried out, then [`Database::finish_once`] or [`Database::forget_once`].
    First,
    /// It was carried out, with this status and body.
    Done {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// It is being carried out.
    Running,
    /// The key was used for another request.
    Other,
}

impl Database {
    /// Begins a request that a client may repeat; `request` is a hash of all that matters of it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn begin_once(&self, key: &str, request: &[u8]) -> Result<Begun, DbError> {
        let now: Ts = self.now().into();
        self.bounded("looking an idempotency key up", WORK, async {
            let mut held = self.hold().await?;
            let added = sqlx::query!(
                "insert into idempotency_keys (key, request, created_at) values ($1, $2, $3) on conflict (key) do nothing",
                key,
                request,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            if added.rows_affected() == 1 {
                held.release();
                return Ok(Begun::First);
            }
            let found = sqlx::query!(
                "select request, status, answer from idempotency_keys where key = $1",
                key,
            )
            .fetch_optional(&mut *held)
            .await?;
            held.release();
            Ok(match found {
                // It was forgotten between the two statements; the client asks again.
                None => Begun::Running,
                Some(found) if found.request != request => Begun::Other,
                Some(found) => match (found.status, found.answer) {
                    (Some(status), Some(answer)) => Begun::Done {
                        status: status.unsigned_abs(),
                        body: self.vault().open(Field::new(ANSWER, key), &answer)?.to_vec(),
                    },
                    _ => Begun::Running,
                },
            })
        })
        .await
    }

    /// Keeps the answer of a request for its repeats.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn finish_once(&self, key: &str, status: u16, body: &[u8]) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        let answer = self.vault().seal(Field::new(ANSWER, key), body);
        self.bounded("keeping an answer", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "update idempotency_keys set status = $2, answer = $3, completed_at = $4 where key = $1",
                key,
                status.cast_signed(),
                answer,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// Forgets a request that was not carried out, so that its repeat is.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn forget_once(&self, key: &str) -> Result<(), DbError> {
        self.bounded("forgetting an idempotency key", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "delete from idempotency_keys where key = $1 and completed_at is null",
                key,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// What was answered to a message of the carrier; nothing when it is new.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn answered(&self, message_sid: &str) -> Result<Option<String>, DbError> {
        self.bounded("looking a message up", WORK, async {
            let mut held = self.hold().await?;
            let found = sqlx::query_scalar!(
                "select answer from seen_messages where sid = $1",
                message_sid
            )
            .fetch_optional(&mut *held)
            .await?;
            held.release();
            let field = Field::new(REPLY, message_sid);
            Ok(match found.flatten() {
                Some(answer) => Some(self.vault().open_text(field, &answer)?),
                None => None,
            })
        })
        .await
    }

    /// Keeps what was answered to a message of the carrier; the first answer stays.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn answer(&self, message_sid: &str, answer: &str) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        let field = Field::new(REPLY, message_sid);
        let sealed = self.vault().seal(field, answer.as_bytes());
        self.bounded("keeping an answer", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "insert into seen_messages (sid, answer, seen_at) values ($1, $2, $3) on conflict (sid) do nothing",
                message_sid,
                sealed,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }
}
