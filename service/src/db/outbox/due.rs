//! Texts whose turn it is.

use std::time::Duration;

use bella_domain::phone::Mobile;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

use super::super::audit::{self, Line};
use super::super::calls;
use super::super::database::WORK;
use super::super::{Actor, Database, DbError, Trouble, Ts};
use super::{BODY, RECIPIENT};
use crate::privacy::{CannotOpen, Field, row};

/// How long a worker has a text to itself; longer than any request to the carrier.
const CLAIM: Duration = Duration::from_mins(1);

/// A text whose turn it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Due {
    /// Its row.
    pub id: Uuid,
    /// What names it.
    pub key: String,
    /// What kind it is.
    pub kind: String,
    /// Where it goes.
    pub to: Mobile,
    /// What it says.
    pub body: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// When a request with it first left, if one did: the carrier may have it.
    pub sending_since: Option<Timestamp>,
    /// Its person wants no texts.
    pub opted_out: bool,
    /// The call it belongs to.
    pub call: Option<String>,
    /// The appointment it is about.
    pub appointment: Option<Uuid>,
}

/// Shows nothing of whom it goes to or what it says.
impl std::fmt::Debug for Due {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Due")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Takes up to `limit` texts whose turn it is; nobody else gets them for a minute.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn claim_texts(&self, limit: u16) -> Result<Vec<Due>, DbError> {
        let now = self.now();
        let until: Ts = now.saturating_add(CLAIM).unwrap_or(now).into();
        let now: Ts = now.into();
        self.bounded("taking texts to send", WORK, async {
            let mut held = self.hold().await?;
            let rows = sqlx::query!(
                r#"with due as (
                    select id from outbox
                    where sent_at is null and given_up_at is null and body is not null and not_before <= $1
                        and (claimed_until is null or claimed_until <= $1)
                    order by not_before limit $3 for update skip locked)
                update outbox o set claimed_until = $2, attempts = attempts + 1
                from due where o.id = due.id
                returning o.id, o.key, o.kind, o.recipient as "recipient!", o.body as "body!", o.attempts,
                    o.sending_since as "sending_since?: Ts", o.call_sid, o.appointment_id,
                    exists (select from users p where p.id = o.user_id and p.opted_out_at is not null) as "opted_out!""#,
                now as Ts,
                until as Ts,
                i64::from(limit),
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            let mut due = Vec::with_capacity(rows.len());
            for found in rows {
                let key = row(found.id);
                let to = self.vault().open_text(Field::new(RECIPIENT, &key), &found.recipient)?;
                let to = Mobile::from_e164(&to)
                    .map_err(|_| CannotOpen::Altered { column: RECIPIENT })?;
                let body = self.vault().open_text(Field::new(BODY, &key), &found.body)?;
                due.push(Due {
                    id: found.id,
                    key: found.key,
                    kind: found.kind,
                    to,
                    body,
                    attempt: found.attempts.unsigned_abs(),
                    sending_since: found.sending_since.map(Ts::to_jiff),
                    opted_out: found.opted_out,
                    call: found.call_sid,
                    appointment: found.appointment_id,
                });
            }
            Ok(due)
        })
        .await
    }

    /// A request with the text is about to leave; the first such moment stays.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn text_leaves(&self, id: Uuid) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        self.bounded("marking a text as leaving", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "update outbox set sending_since = coalesce(sending_since, $2) where id = $1",
                id,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// The carrier has the text, under its name, in so many segments where it says so; they are added to its call's cost.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn text_sent(
        &self,
        id: Uuid,
        provider_sid: &str,
        segments: Option<u32>,
    ) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        self.bounded("recording a text as sent", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = held.begin().await?;
            let call = sqlx::query_scalar!(
                "update outbox set sent_at = $2, provider_sid = $3, segments = $4, claimed_until = null, error = null
                where id = $1 and sent_at is null returning call_sid",
                id,
                now as Ts,
                provider_sid,
                segments.map(u32::cast_signed),
            )
            .fetch_optional(&mut *transaction)
            .await?;
            if let Some(Some(call)) = call {
                calls::used(&mut transaction, &call, |_| {}).await?;
            }
            transaction.commit().await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// The text was not sent; it is tried again at `retry`, and never where there is none. `error` holds no personal data.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn text_failed(
        &self,
        id: Uuid,
        error: &str,
        retry: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        let again: Option<Ts> = retry.map(Into::into);
        self.bounded("recording a text as failed", WORK, async {
            let mut held = self.hold().await?;
            let mut transaction = held.begin().await?;
            sqlx::query!(
                "update outbox set error = $2, claimed_until = null, not_before = coalesce($3, not_before),
                    given_up_at = case when $3::timestamptz is null then $4::timestamptz end
                where id = $1 and sent_at is null",
                id,
                error,
                again as Option<Ts>,
                now as Ts,
            )
            .execute(&mut *transaction)
            .await?;
            if retry.is_none() {
                let line = Line {
                    actor: Actor::Service,
                    action: "text.given_up",
                    subject: "text",
                    id: &row(id),
                    detail: json!({"error": error}),
                };
                audit::write(&mut transaction, now, line).await?;
            }
            transaction.commit().await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// The carrier tells what became of a text; whether it is one of ours.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn text_delivery(
        &self,
        provider_sid: &str,
        status: &str,
        error: Option<&str>,
    ) -> Result<bool, DbError> {
        self.bounded("recording a text's delivery", WORK, async {
            let mut held = self.hold().await?;
            // Reports can arrive out of order: what is final stays.
            let done = sqlx::query!(
                "update outbox set delivery_status = $2, error = coalesce($3, error) where provider_sid = $1
                    and coalesce(delivery_status, '') not in ('delivered', 'undelivered', 'failed', 'read')",
                provider_sid,
                status,
                error,
            )
            .execute(&mut *held)
            .await?;
            let known = done.rows_affected() == 1
                || sqlx::query_scalar!(
                    r#"select exists (select from outbox where provider_sid = $1) as "known!""#,
                    provider_sid,
                )
                .fetch_one(&mut *held)
                .await?;
            held.release();
            Ok::<_, Trouble>(known)
        })
        .await
    }
}
