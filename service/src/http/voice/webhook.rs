//! What a webhook of a call says.

use axum::http::{HeaderMap, Uri};
use bella_domain::booking::CallSid;
use bella_domain::dialogue::{CallerId, Event};

use crate::twilio::Form;

/// Twilio's header that is the same when a request is repeated.
const IDEMPOTENCY_TOKEN: &str = "i-twilio-idempotency-token";

/// Which of the two webhooks it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rings,
    Answers,
}

/// An answer that was recorded and transcribed.
pub(crate) struct Transcribed {
    /// The call.
    pub(crate) call: CallSid,
    /// Who calls.
    pub(crate) caller: CallerId,
    /// The reply that it answers.
    pub(crate) turn: u32,
    /// What was said; empty for silence.
    pub(crate) text: String,
    /// The recording's length, where it is known.
    pub(crate) seconds: Option<u32>,
}

/// A webhook of a call.
pub(super) struct Webhook {
    pub(super) kind: Kind,
    pub(super) call: CallSid,
    pub(super) caller: CallerId,
    /// What the caller did; nothing when Twilio comes back for an answer that took too long.
    pub(super) event: Option<Event>,
    /// How often it has come back for it.
    pub(super) waited: u8,
    /// The answer that it follows; without one, the last.
    pub(super) turn: Option<u32>,
    /// The call as the URL carries it, sealed, when Redis was away.
    pub(super) carried: Option<String>,
    /// The same for repeats.
    pub(super) token: Option<String>,
    /// How the answer was heard.
    pub(super) ear: Ear,
}

/// How an answer was heard, which decides what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ear {
    /// By Twilio.
    Gather,
    /// By Whisper, from a recording of so many seconds, where that is known.
    Whisper(Option<u32>),
}

impl Webhook {
    /// Nothing when there is no id of a call in it.
    pub(super) fn read(kind: Kind, uri: &Uri, headers: &HeaderMap, form: &Form) -> Option<Self> {
        let call = CallSid::read(form.get("CallSid")?).ok()?;
        let query = uri.query().unwrap_or_default();
        let token = headers.get(IDEMPOTENCY_TOKEN);
        Some(Self {
            kind,
            call,
            caller: CallerId::read(form.get("From").unwrap_or_default()),
            event: parameter(query, "wait").is_none().then(|| event(form)),
            waited: parameter(query, "wait").map_or(0, |waited| waited.parse().unwrap_or(u8::MAX)),
            turn: parameter(query, "turn").and_then(|turn| turn.parse().ok()),
            carried: parameter(query, "call").map(str::to_owned),
            token: token
                .and_then(|token| token.to_str().ok())
                .filter(|token| token.len() <= 128)
                .map(str::to_owned),
            ear: Ear::Gather,
        })
    }

    /// An answer to the `turn`th reply that was recorded and transcribed.
    pub(super) fn transcribed(heard: Transcribed) -> Self {
        Self {
            kind: Kind::Answers,
            call: heard.call,
            caller: heard.caller,
            event: Some(if heard.text.trim().is_empty() {
                Event::Silence
            } else {
                Event::Heard {
                    text: heard.text,
                    confidence: None,
                }
            }),
            waited: 0,
            turn: Some(heard.turn),
            carried: None,
            token: None,
            ear: Ear::Whisper(heard.seconds),
        }
    }

    /// The path and query under which Twilio asks for the answer again.
    pub(super) fn again(&self) -> String {
        let path = match self.kind {
            Kind::Rings => "/twilio/voice",
            Kind::Answers => "/twilio/voice/collect",
        };
        let mut path = format!("{path}?wait={}", self.waited.saturating_add(1));
        if let Some(turn) = self.turn {
            path.push_str(&format!("&turn={turn}"));
        }
        if let Some(call) = &self.carried {
            path.push_str(&format!("&call={call}"));
        }
        path
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(have, value)| (have == name).then_some(value))
}

fn event(form: &Form) -> Event {
    if let Some(status) = form.get("DialCallStatus") {
        let answered = status == "completed" || status == "answered";
        return Event::DialEnded { answered };
    }
    if let Some(digits) = form.get("Digits") {
        return Event::Digits(digits.to_owned());
    }
    match form.get("SpeechResult") {
        Some(text) => Event::Heard {
            text: text.to_owned(),
            confidence: form.get("Confidence").and_then(|value| value.parse().ok()),
        },
        None => Event::Silence,
    }
}
