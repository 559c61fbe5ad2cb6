//! What happens while Redis does not answer.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::commands::keep;
use super::link::{Asked, Away};
use super::store::Shared;

/// How long after a failure Redis is asked again, first and at most.
const AGAIN_AFTER: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// Takes note of a failure; the first one starts the recovery.
pub(super) fn note(shared: &Arc<Shared>, asked: Asked) -> Away {
    if let Asked::Failed(why) = asked
        && shared.link.open()
    {
        warn!(why, "Redis is away; this process's memory serves");
        tokio::spawn(recover(Arc::downgrade(shared)));
    }
    Away
}

/// Asks until Redis answers, hands it what it missed, and closes the breaker. Ends with the last user of the sessions.
async fn recover(shared: Weak<Shared>) {
    let mut pause = AGAIN_AFTER.0;
    loop {
        tokio::time::sleep(pause).await;
        pause = AGAIN_AFTER.1.min(pause * 2);
        let Some(shared) = shared.upgrade() else {
            return;
        };
        shared.link.forget();
        if let Ok(count) = catch_up(&shared).await {
            shared.link.close();
            info!(count, "Redis is back and has been caught up");
            // What was kept between the last look and the close.
            if let Err(asked) = catch_up(&shared).await {
                note(&shared, asked);
            }
            return;
        }
    }
}

/// Hands over what Redis missed; of two sessions of a call the newer one stays.
async fn catch_up(shared: &Shared) -> Result<usize, Asked> {
    let ping =
        |mut connection| async move { redis::cmd("PING").query_async::<()>(&mut connection).await };
    shared.link.try_to(ping).await?;
    let owed = shared.memory.owed(Instant::now());
    let count = owed.len();
    for (key, kept) in owed {
        let turn = kept.turn;
        let life = shared.life;
        shared
            .link
            .try_to(|connection| keep(connection, &key, &kept, life))
            .await?;
        shared.memory.paid(&key, turn);
    }
    Ok(count)
}
