//! Texts as the admin pages show them.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::database::WORK;
use super::super::{Database, DbError, Ts};

/// How far a text has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// It waits for its turn, or is tried again.
    Waiting,
    /// The carrier has it.
    Sent,
    /// It is not tried any more.
    GivenUp,
}

/// A text, without whom it goes to and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// Its row.
    pub id: Uuid,
    /// What kind it is.
    pub kind: String,
    /// How far it has come.
    pub state: Sending,
    /// When it was put in.
    pub created: Timestamp,
    /// Not before this moment.
    pub not_before: Timestamp,
    /// When the carrier took it.
    pub sent: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the carrier says became of it.
    pub delivery: Option<String>,
    /// What went wrong last.
    pub error: Option<String>,
    /// The appointment it is about.
    pub appointment: Option<Uuid>,
}

impl Database {
    /// The newest texts, `limit` at most: all, or those that are neither sent nor still to be sent without trouble.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn texts(&self, troubled: bool, limit: u16) -> Result<Vec<TextRow>, DbError> {
        self.bounded("listing texts", WORK, async {
            let mut held = self.hold().await?;
            let rows = sqlx::query!(
                r#"select id, kind, created_at as "created: Ts", not_before as "not_before: Ts", sent_at as "sent: Ts",
                    given_up_at is not null as "given_up!", attempts, delivery_status, error, appointment_id
                from outbox
                where not $1 or (sent_at is null and error is not null)
                    or delivery_status in ('undelivered', 'failed')
                order by id desc limit $2"#,
                troubled,
                i64::from(limit),
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let text = rows.into_iter().map(|row| TextRow {
                id: row.id,
                kind: row.kind,
                state: match (&row.sent, row.given_up) {
                    (Some(_), _) => Sending::Sent,
                    (None, true) => Sending::GivenUp,
                    (None, false) => Sending::Waiting,
                },
                created: row.created.to_jiff(),
                not_before: row.not_before.to_jiff(),
                sent: row.sent.map(Ts::to_jiff),
                attempts: row.attempts.unsigned_abs(),
                delivery: row.delivery_status,
                error: row.error,
                appointment: row.appointment_id,
            });
            Ok(text.collect())
        })
        .await
    }
}
