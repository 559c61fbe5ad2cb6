use std::time::Duration;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::effect::{Effect, Hit};
use super::latency;
use crate::gateway::Call;
use crate::temper::{Dice, Refusal};

/// One fault that a test asks for: which calls it hits, which of them, and what happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// Signing name; `*` for every service.
    #[serde(default = "any")]
    service: String,
    /// Operation; `*` for every operation.
    #[serde(default = "any")]
    operation: String,
    /// Matching calls that pass before the fault begins.
    #[serde(default)]
    after: u64,
    /// Matching calls it then hits, or may hit; one if not given, all of them where there is a rate.
    #[serde(default)]
    times: Option<u64>,
    /// The share of calls it hits, by the seed; all if not given.
    #[serde(default)]
    rate: Option<f64>,
    fault: Kind,
    #[serde(default = "default_status")]
    status: u16,
    #[serde(default = "default_code")]
    code: String,
    #[serde(default = "default_message")]
    message: String,
    /// Milliseconds for `delay_ms`; the median for `latency`.
    #[serde(default)]
    delay_ms: u64,
    /// Milliseconds that one of a hundred calls exceeds, for `latency`.
    #[serde(default)]
    p99_ms: u64,
    /// Matching calls so far; told by GET, not settable.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Error,
    /// Too many requests, in the words of the service.
    Throttle,
    /// Credentials that have expired, in the words of the service.
    Expired,
    DropBefore,
    DropAfter,
    Reset,
    DelayMs,
    Latency,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Throttle => "throttle",
            Self::Expired => "expired",
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::Reset => "reset",
            Self::DelayMs => "delay_ms",
            Self::Latency => "latency",
        }
    }
}

impl Fault {
    pub(super) fn matches(&self, call: &Call) -> bool {
        (self.service == "*" || self.service == call.service)
            && (self.operation == "*" || self.operation == call.operation)
    }

    /// Counts a matching call and says what happens to it; `dice` are those of this call.
    pub(super) fn count(&mut self, call: &Call, dice: Dice) -> Option<Hit> {
        self.seen += 1;
        let nth = self.seen - 1;
        let times = match (self.times, self.rate) {
            (Some(times), _) => times,
            (None, Some(_)) => u64::MAX,
            (None, None) => 1,
        };
        let is_due = nth >= self.after && nth - self.after < times;
        let hits = is_due && self.rate.is_none_or(|rate| dice.number(2) < rate);
        hits.then(|| Hit {
            fault: self.fault.word(),
            effect: self.effect(call, dice),
        })
    }

    fn effect(&self, call: &Call, dice: Dice) -> Effect {
        match self.fault {
            Kind::Error => Effect::Error {
                status: StatusCode::from_u16(self.status)
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                code: self.code.clone(),
                message: self.message.clone(),
            },
            Kind::Throttle => error(Refusal::throttled(call)),
            Kind::Expired => error(Refusal::expired(call)),
            Kind::DropBefore => Effect::DropBefore,
            Kind::DropAfter => Effect::DropAfter,
            Kind::Reset => Effect::Reset,
            Kind::DelayMs => Effect::Delay(Duration::from_millis(self.delay_ms)),
            Kind::Latency => Effect::Delay(latency::delay(dice, self.delay_ms, self.p99_ms)),
        }
    }
}

fn error(refusal: Refusal) -> Effect {
    Effect::Error {
        status: refusal.status,
        code: refusal.code.to_owned(),
        message: refusal.message.to_owned(),
    }
}

fn any() -> String {
    "*".to_owned()
}

fn default_status() -> u16 {
    500
}

fn default_code() -> String {
    "InternalError".to_owned()
}

fn default_message() -> String {
    "An internal error has occurred".to_owned()
}
