//! Texts that are sent after the transaction that wrote them.
//!
//! - [`OutboxText`]: a text to be sent
//! - [`Due`]: one whose turn it is; taken by one worker, and recorded as sent, postponed or given up

mod due;
mod list;

pub use due::Due;
pub use list::{Sending, TextRow};

use bella_domain::phone::Mobile;
use jiff::Timestamp;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::database::WORK;
use super::{Database, DbError, Trouble, Ts};
use crate::plugins::reminders;
use crate::privacy::{Field, Vault, row};

pub(crate) const RECIPIENT: &str = "outbox.recipient";
pub(crate) const BODY: &str = "outbox.body";

/// A text to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxText {
    /// Names it once and for all: what is put in twice is sent once. `confirmation:CA…`.
    pub key: String,
    /// Where it goes.
    pub to: Mobile,
    /// What it says.
    pub body: String,
    /// Not before this moment.
    pub not_before: Timestamp,
    /// `confirmation`, `reminder`, `satisfaction`, …: for the admin pages and metrics.
    pub kind: &'static str,
}

/// Shows nothing of whom it goes to or what it says.
impl std::fmt::Debug for OutboxText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxText")
            .field("kind", &self.kind)
            .field("not_before", &self.not_before)
            .finish_non_exhaustive()
    }
}

/// Whom and what a text is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About<'a> {
    pub(crate) user: Option<Uuid>,
    pub(crate) appointment: Option<Uuid>,
    pub(crate) call: Option<&'a str>,
}

impl Database {
    /// Puts texts in that belong to no booking of this moment; those whose key is there already are left as they are.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn enqueue(&self, texts: &[OutboxText]) -> Result<(), DbError> {
        self.bounded("putting texts into the outbox", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = sqlx::Connection::begin(&mut *held).await?;
            let now = self.now().into();
            for text in texts {
                let indexes = self.vault().indexes(&text.to);
                let user = sqlx::query_scalar!(
                    "select id from users where mobile_index = any($1) order by created_at limit 1",
                    &indexes,
                )
                .fetch_optional(&mut *transaction)
                .await?;
                let about = About {
                    user,
                    ..About::default()
                };
                put(&mut transaction, self.vault(), (text, about), now).await?;
            }
            transaction.commit().await?;
            held.release();
            Ok(())
        })
        .await
    }
}

/// Writes a text in the transaction of what it tells.
pub(crate) async fn put(
    connection: &mut PgConnection,
    vault: &Vault,
    (text, about): (&OutboxText, About<'_>),
    now: Ts,
) -> Result<(), Trouble> {
    let id = Uuid::now_v7();
    let key = row(id);
    let not_before: Ts = text.not_before.into();
    sqlx::query!(
        "insert into outbox (id, key, kind, user_id, appointment_id, call_sid, recipient, body, not_before, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (key) do nothing",
        id,
        text.key,
        text.kind,
        about.user,
        about.appointment,
        about.call,
        vault.seal(Field::new(RECIPIENT, &key), text.to.e164().as_bytes()),
        vault.seal(Field::new(BODY, &key), text.body.as_bytes()),
        not_before as Ts,
        now as Ts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes out the reminders of an appointment that have not begun to be sent: it is not when they say any more.
pub(crate) async fn forget_reminders(
    connection: &mut PgConnection,
    appointment: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from outbox where appointment_id = $1 and kind = $2
            and sent_at is null and given_up_at is null and sending_since is null",
        appointment,
        reminders::KIND,
    )
    .execute(connection)
    .await?;
    Ok(())
}
