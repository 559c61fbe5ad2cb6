//! Recordings at the carrier whose time is over.

use jiff::Timestamp;

use crate::db::{Database, DbError, Ts, WORK};
use crate::twilio::{Client, RecordingSid, TwilioError};

/// How many are looked at in one run; the rest is for the next.
const AT_ONCE: i64 = 1_000;

/// Where recordings are deleted.
pub trait Recordings: Send + Sync {
    /// Why one was not deleted; without personal data.
    type Error: std::fmt::Display + Send;

    /// Deletes a recording; one that is gone already counts as deleted.
    fn delete(&self, sid: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

impl Recordings for Client {
    type Error = TwilioError;

    async fn delete(&self, sid: &str) -> Result<(), TwilioError> {
        match RecordingSid::parse(sid) {
            Some(sid) => self.delete_recording(&sid).await,
            // Nothing with such a name can exist there.
            None => Ok(()),
        }
    }
}

/// What became of recordings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// The carrier confirmed that they are gone.
    pub deleted: u64,
    /// They are tried again by the next run.
    pub failed: u64,
    /// What the carrier said about the last that failed.
    pub said: Option<String>,
}

/// Deletes the recordings of forgotten people, and those made before `cutoff`.
///
/// # Errors
/// See [`DbError`]; what was deleted before is noted.
pub async fn delete_recordings<R: Recordings>(
    database: &Database,
    recordings: &R,
    cutoff: Timestamp,
) -> Result<Deleted, DbError> {
    let mut done = Deleted::default();
    for sid in left(database, cutoff).await? {
        match recordings.delete(&sid).await {
            Ok(()) => {
                database.recording_deleted(&sid).await?;
                done.deleted += 1;
            }
            Err(err) => {
                done.failed += 1;
                done.said = Some(err.to_string());
            }
        }
    }
    Ok(done)
}

pub(super) async fn left(database: &Database, cutoff: Timestamp) -> Result<Vec<String>, DbError> {
    let cutoff: Ts = cutoff.into();
    database
        .bounded("looking for recordings to delete", WORK, async {
            let mut held = database.hold().await?;
            let sids = sqlx::query_scalar!(
                "select r.sid from recordings r left join calls c on c.sid = r.call_sid
                where r.deleted_at is null and (r.created_at < $1 or c.purged_at is not null)
                order by r.created_at limit $2",
                cutoff as Ts,
                AT_ONCE,
            )
            .fetch_all(&mut *held)
            .await?;
            held.release();
            Ok(sids)
        })
        .await
}
