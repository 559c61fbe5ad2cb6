//! Takes texts whose turn it is.

use std::time::Duration;

use tokio::task::JoinSet;
use tracing::warn;

use super::sending::deliver;
use crate::app::App;
use crate::db::DbError;

/// How often it is looked for texts that were put in elsewhere, or whose turn has come.
const LOOK: Duration = Duration::from_secs(3);

/// Texts that are sent at once: together they take less than the minute for which nobody else gets them, and half of the
/// connections to the database.
const AT_ONCE: u16 = 4;

/// Sends texts until the process is told to end, then finishes those it has begun. Any number of processes may do so at once.
pub async fn run(app: App) {
    let mut away = false;
    while !app.drain.begun() {
        let found = round(&app).await;
        match &found {
            Err(err) if !away => warn!("texts wait: {err}"),
            _ => {}
        }
        away = found.is_err();
        if found.unwrap_or(0) == 0 {
            tokio::select! {
                () = app.doorbell.wait(LOOK) => {}
                () = app.drain.wait() => {}
            }
        }
    }
}

/// Sends the texts whose turn it is, a few at most; how many there were.
async fn round(app: &App) -> Result<usize, DbError> {
    let due = app.database.claim_texts(AT_ONCE).await?;
    let count = due.len();
    let mut sending = JoinSet::new();
    for text in due {
        let app = app.clone();
        sending.spawn(async move { deliver(&app, text).await });
    }
    while let Some(ended) = sending.join_next().await {
        if ended.is_err() {
            warn!("a text could not be dealt with; it is taken up again in a minute");
        }
    }
    Ok(count)
}
