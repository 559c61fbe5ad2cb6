//! Recordings at the carrier: which there are, and which are gone.

use super::database::WORK;
use super::{Database, DbError, Ts};

impl Database {
    /// A recording was made in a call; again, nothing changes.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn recording_made(&self, sid: &str, call: &str) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        self.bounded("noting a recording", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "insert into recordings (sid, call_sid, created_at) values ($1, $2, $3) on conflict (sid) do nothing",
                sid,
                call,
                now as Ts,
            )
            .execute(&mut *held)
            .await?;
            held.release();
            Ok(())
        })
        .await
    }

    /// The carrier confirmed that a recording is gone; the row stays as the proof.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn recording_deleted(&self, sid: &str) -> Result<(), DbError> {
        let now: Ts = self.now().into();
        self.bounded("noting a deleted recording", WORK, async {
            let mut held = self.hold().await?;
            sqlx::query!(
                "update recordings set deleted_at = coalesce(deleted_at, $2) where sid = $1",
                sid,
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
