//! What is kept of a call between its webhooks, sealed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bella_domain::booking::CallSid;
use bella_domain::dialogue::{Call, Reply};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::app::App;
use crate::privacy::Field;
use crate::sessions::Kept;
use crate::twiml;

/// What is kept of a call.
#[derive(Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) call: Call,
    /// The last answer, which a repeated webhook gets again.
    pub(super) reply: Reply,
    /// The repeat token of the webhook that was answered so.
    pub(super) token: Option<String>,
}

impl Session {
    /// Which answer the last one is.
    pub(super) fn turn(&self) -> u32 {
        self.call.turn()
    }

    /// As it is kept.
    pub(super) fn seal(&self, app: &App) -> Kept {
        let plain = serde_json::to_vec(self).expect("a session is JSON without maps of other keys");
        let sealed = app.config.vault.seal(place(self.call.sid()), &plain);
        Kept::new(self.turn(), &URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Reads what was kept of a call; nothing when it cannot be read, as after a change of keys or of its shape.
    pub(super) fn open(app: &App, call: &CallSid, sealed: &str) -> Option<Self> {
        let opened = URL_SAFE_NO_PAD
            .decode(sealed)
            .ok()
            .and_then(|sealed| app.config.vault.open(place(call), &sealed).ok())
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        if opened.is_none() {
            warn!(%call, "a session that cannot be read is as if it had expired");
        }
        opened
    }

    /// The answer. While Redis is away it carries the call, so that whichever task is asked next knows it.
    pub(super) fn answer(&self, app: &App, carried: Option<&Kept>) -> Bytes {
        match carried {
            None => twiml::render(&self.reply, &app.voice, self.turn()),
            Some(kept) => {
                twiml::render_carrying(&self.reply, &app.voice, self.turn(), kept.sealed())
            }
        }
    }
}

/// What is sealed for one call does not open for another.
fn place(call: &CallSid) -> Field<'_> {
    Field::new("call_session", call.as_str())
}
