//! Who did what, when, about whom: append-only, without personal data.

use serde_json::Value;
use sqlx::postgres::PgConnection;

use super::Ts;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A caller, on the phone.
    Caller,
    /// A person who answers a text.
    Texter,
    /// A holder of the API key.
    Api,
    /// Somebody at the admin pages.
    Admin,
    /// The service itself: retention, replays, rotation.
    Service,
}

impl Actor {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Texter => "texter",
            Self::Api => "api",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }
}

/// A line of the audit log.
pub(crate) struct Line<'a> {
    pub(crate) actor: Actor,
    /// `appointment.booked`
    pub(crate) action: &'static str,
    /// `appointment` or `user`
    pub(crate) subject: &'static str,
    pub(crate) id: &'a str,
    /// Facts without personal data.
    pub(crate) detail: Value,
}

/// Writes a line in the transaction of what it tells.
pub(crate) async fn write(
    connection: &mut PgConnection,
    at: Ts,
    line: Line<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into audit (at, actor, action, subject, subject_id, detail) values ($1, $2, $3, $4, $5, $6)",
        at as Ts,
        line.actor.as_str(),
        line.action,
        line.subject,
        line.id,
        line.detail,
    )
    .execute(connection)
    .await?;
    Ok(())
}
