//! What is known of recordings outside of the process that transcribes them.
//!
//! - [`Notes`]: what was heard goes to Redis, sealed, for the other tasks; which recordings there are goes to the database
//! - [`heard_elsewhere`]: what another task has heard
//! - [`sweep`]: deletes at Twilio what was not deleted at once

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use crate::app::App;
use crate::privacy::{Field, delete_recordings};
use crate::speech::{Done, Recording, Transcript};

/// How long what was heard is kept for the other tasks: a step gives up after ten seconds.
const KEPT_SECONDS: u64 = 30;

/// How often it is looked for recordings that are left at Twilio.
const SWEEP: Duration = Duration::from_mins(5);

/// A recording is left behind when it is older than its own task's attempts take.
const LEFT_BEHIND: SignedDuration = SignedDuration::from_mins(10);

/// Notes what becomes of recordings.
pub(crate) struct Notes(App);

impl Notes {
    pub(crate) fn new(app: &App) -> Self {
        Self(app.clone())
    }

    /// There is a recording. The call may not be logged yet.
    pub(crate) async fn made(&self, recording: &Recording) {
        let database = &self.0.database;
        let now = self.0.config.clock.now();
        let noted = async {
            database.call_started(&recording.call, now, false).await?;
            let call = recording.call.as_str();
            database.recording_made(recording.sid.as_str(), call).await
        };
        if let Err(err) = noted.await {
            warn!(call = %recording.call, "{err}");
        }
    }

    /// Tells the other tasks; while Redis is away there is only this one to ask.
    async fn share(&self, recording: &Recording, said: &Transcript) {
        let sealed = self
            .0
            .config
            .vault
            .seal(place(recording), said.text.as_bytes());
        let sealed = URL_SAFE_NO_PAD.encode(sealed);
        let key = self.0.sessions.keys().heard(recording.sid.as_str());
        let shared = self.0.sessions.ask(|mut connection| async move {
            let mut set = redis::cmd("SET");
            set.arg(key).arg(sealed).arg("EX").arg(KEPT_SECONDS);
            set.query_async::<()>(&mut connection).await
        });
        if shared.await.is_err() {
            info!(call = %recording.call, "what was heard is known to this process only");
        }
    }
}

impl Done for Notes {
    async fn heard(&self, recording: &Recording, said: Option<&Transcript>) {
        if let Some(said) = said {
            self.share(recording, said).await;
        }
        self.made(recording).await;
    }

    async fn deleted(&self, recording: &Recording) {
        let sid = recording.sid.as_str();
        if let Err(err) = self.0.database.recording_deleted(sid).await {
            warn!(call = %recording.call, "{err}");
        }
    }
}

/// What another task has heard in a recording.
pub(crate) async fn heard_elsewhere(app: &App, recording: &Recording) -> Option<Transcript> {
    let key = app.sessions.keys().heard(recording.sid.as_str());
    let found = app.sessions.ask(|mut connection| async move {
        redis::cmd("GET")
            .arg(key)
            .query_async::<Option<String>>(&mut connection)
            .await
    });
    let sealed = URL_SAFE_NO_PAD.decode(found.await.ok()??).ok()?;
    let text = app.config.vault.open_text(place(recording), &sealed).ok()?;
    Some(Transcript {
        text,
        seconds: recording.seconds,
    })
}

/// Deletes recordings that are left at Twilio, every few minutes until the process is told to end. Several may do so at once: one
/// that is gone already counts as deleted.
pub(crate) async fn sweep(app: App) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = app.drain.wait() => return,
        }
        let before = app
            .config
            .clock
            .now()
            .saturating_sub(LEFT_BEHIND)
            .unwrap_or(Timestamp::MIN);
        match delete_recordings(&app.database, &app.twilio, before).await {
            Ok(done) if done.deleted + done.failed > 0 => info!(?done, "recordings that were left"),
            Ok(_) => {}
            Err(err) => warn!("{err}"),
        }
    }
}

/// What is sealed for one recording does not open for another.
fn place(recording: &Recording) -> Field<'_> {
    Field::new("heard", recording.sid.as_str())
}
