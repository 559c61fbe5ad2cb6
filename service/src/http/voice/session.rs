//! What is kept of a call between its webhooks, sealed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bella_domain::booking::CallSid;
use bella_domain::dialogue::{Call, Event, Reply, Then};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::webhook::Ear;
use crate::app::App;
use crate::flags::{Flag, Segment};
use crate::privacy::Field;
use crate::sessions::Kept;
use crate::tariff::Usage;
use crate::twiml;

/// The most that is kept of what was said, in bytes: a call that goes well has a tenth of it.
const TRANSCRIPT: usize = 6000;

/// What is kept of a call.
#[derive(Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) call: Call,
    /// The last answer, which a repeated webhook gets again.
    pub(super) reply: Reply,
    /// The repeat token of the webhook that was answered so.
    pub(super) token: Option<String>,
    /// When it was given.
    pub(super) said_at: Timestamp,
    /// What the call has used so far.
    pub(super) usage: Usage,
    /// Steps so far that were not understood.
    pub(super) failures: u32,
    /// What was said on both sides, as far as it fits.
    #[serde(default)]
    pub(super) transcript: String,
}

impl Session {
    /// Which answer the last one is.
    pub(super) fn turn(&self) -> u32 {
        self.call.turn()
    }

    /// As it is kept.
    pub(super) fn seal(&self, app: &App) -> Kept {
        self.sealed(app, self)
    }

    /// As a URL carries it: without what was said, for which there is no room.
    pub(super) fn seal_small(&self, app: &App) -> Kept {
        let small = Self {
            call: self.call.clone(),
            reply: self.reply.clone(),
            token: self.token.clone(),
            said_at: self.said_at,
            usage: self.usage.clone(),
            failures: self.failures,
            transcript: String::new(),
        };
        self.sealed(app, &small)
    }

    fn sealed(&self, app: &App, what: &Self) -> Kept {
        let plain = serde_json::to_vec(what).expect("a session is JSON without maps of other keys");
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

    /// A call that has just come in.
    pub(super) fn begin(call: CallSid, now: Timestamp) -> Self {
        Self {
            call: Call::begin(call, now),
            reply: Reply {
                lines: Vec::new(),
                then: Then::HangUp,
            },
            token: None,
            said_at: now,
            usage: Usage::default(),
            failures: 0,
            transcript: String::new(),
        }
    }

    /// Takes down what the caller did, and what hearing it has cost.
    pub(super) fn hear(&mut self, event: &Event, ear: Ear, now: Timestamp) {
        let said = match event {
            Event::Heard { text, .. } => text,
            Event::Digits(digits) => digits,
            Event::Silence => "(silence)",
            _ => {
                self.said_at = now;
                return;
            }
        };
        let listened = self.said_at.duration_until(now).as_secs();
        match ear {
            Ear::Gather => self.usage.gathered(u32::try_from(listened).unwrap_or(0)),
            Ear::Whisper(seconds) => {
                self.usage.recorded(seconds.unwrap_or(0));
                self.usage.transcribed(seconds.unwrap_or(0));
            }
        }
        self.said_at = now;
        self.note("Caller", said);
    }

    /// Takes down the answer.
    pub(super) fn say(&mut self, reply: Reply, forward: bool, token: Option<String>) {
        self.failures += u32::from(!forward);
        self.token = token;
        self.note("Bella", &reply.lines.join(" "));
        self.reply = reply;
    }

    /// Adds to what was said, up to [`TRANSCRIPT`].
    fn note(&mut self, who: &str, said: &str) {
        if self.transcript.len() + said.len() < TRANSCRIPT {
            self.transcript.extend([who, ": ", said.trim(), "\n"]);
        }
    }

    /// The answer. While Redis is away it carries the call, so that whichever task is asked next knows it.
    pub(super) fn answer(&self, app: &App, shared: bool) -> Bytes {
        if !shared {
            let kept = self.seal_small(app);
            return twiml::render_carrying(&self.reply, &app.voice, self.turn(), kept.sealed());
        }
        let caller = self
            .call
            .caller()
            .number()
            .filter(|_| app.speech.transcribes());
        // A check has no recording at Twilio.
        let allowed = !self.call.sid().is_check()
            && caller.is_none_or(|number| {
                let key = app.config.vault.index(number);
                let flag = Flag::WhisperTranscription;
                app.config.flags.on(flag, Segment::Returning, &key)
            });
        app.speech.render(&self.reply, self.turn(), allowed)
    }
}

/// What is sealed for one call does not open for another.
fn place(call: &CallSid) -> Field<'_> {
    Field::new("call_session", call.as_str())
}
