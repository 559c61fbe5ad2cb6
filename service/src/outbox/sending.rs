//! One text, to Twilio and back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use tracing::{info, warn};

use super::pause;
use crate::app::App;
use crate::db::{DbError, Due};
use crate::plugins::satisfaction;
use crate::tariff::{self, Usage};
use crate::texts::segments;
use crate::twilio::{Taken, TwilioError, Verdict};

/// How far Twilio's clock may be behind ours.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// How often it is tried to record that a text was sent; whoever comes after that finds it at Twilio.
const RECORDINGS: u32 = 3;

/// Sends a text, or finds that it was sent, and records what came of it. Where the database is away in between, nothing is sent
/// that is not marked first, and what is marked is taken up again in a minute.
pub(super) async fn deliver(app: &App, due: Due) {
    if due.opted_out {
        return give_up(app, &due, "its person wants no texts").await;
    }
    match attempt(app, &due).await {
        Ok(Some(taken)) => sent(app, &due, &taken).await,
        Ok(None) => {}
        Err(err) => failed(app, &due, &err).await,
    }
}

/// Nothing when it may not leave now.
async fn attempt(app: &App, due: &Due) -> Result<Option<Taken>, TwilioError> {
    if let Some(since) = due.sending_since {
        let since = since.saturating_sub(CLOCKS).unwrap_or(Timestamp::MIN);
        let found = app.twilio.find_text(&due.to, &due.body, since).await?;
        if found.is_some() {
            info!(text = %due.id, kind = due.kind, "a text that was tried before had been sent");
            return Ok(found);
        }
    }
    if let Err(err) = mark(app, due).await {
        warn!(text = %due.id, "{err}");
        return Ok(None);
    }
    app.twilio.send_text(&due.to, &due.body).await.map(Some)
}

/// From here on the text may be at Twilio, and the answer to a question can come.
async fn mark(app: &App, due: &Due) -> Result<(), DbError> {
    if let (satisfaction::KIND, Some(appointment)) = (due.kind.as_str(), due.appointment) {
        app.database.rating_asked(appointment).await?;
    }
    app.database.text_leaves(due.id).await
}

async fn sent(app: &App, due: &Due, taken: &Taken) {
    app.metrics.dependency("twilio", true);
    // Twilio says 0 where it has not cut the text yet.
    let said = taken.num_segments.filter(|segments| *segments > 0);
    let cut = || u32::try_from(segments(&due.body).count).unwrap_or(u32::MAX);
    let segments = said.unwrap_or_else(cut);
    for attempt in 1..=RECORDINGS {
        let recorded = app.database.text_sent(due.id, &taken.sid, Some(segments));
        match recorded.await {
            Ok(()) => {
                let mut usage = Usage::default();
                usage.texted(segments);
                for (service, micro_usd) in tariff::metered(&usage) {
                    app.metrics.cost(service, micro_usd);
                }
                return info!(text = %due.id, kind = due.kind, segments, "sent");
            }
            Err(err) => warn!(text = %due.id, attempt, "{err}"),
        }
        sleep(Duration::from_secs(1)).await;
    }
}

async fn failed(app: &App, due: &Due, err: &TwilioError) {
    warn!(text = %due.id, kind = due.kind, attempt = due.attempt, "{err}");
    let why = err.to_string();
    match err.verdict() {
        Verdict::Later | Verdict::LookFirst => {
            app.metrics.dependency("twilio", err.code().is_some());
            let pause = pause::after(&due.kind, due.attempt);
            let retry = pause.and_then(|pause| {
                let pause = SignedDuration::try_from(pause).ok()?;
                app.config.clock.now().checked_add(pause).ok()
            });
            note(app.database.text_failed(due.id, &why, retry).await, due);
        }
        Verdict::OptedOut => {
            note(app.database.opt_out(&due.to, true).await.map(drop), due);
            give_up(app, due, &why).await;
        }
        Verdict::BadNumber | Verdict::Never => give_up(app, due, &why).await,
    }
}

async fn give_up(app: &App, due: &Due, why: &str) {
    note(app.database.text_failed(due.id, why, None).await, due);
}

fn note(recorded: Result<(), DbError>, due: &Due) {
    if let Err(err) = recorded {
        warn!(text = %due.id, "{err}");
    }
}
