use hyper::StatusCode;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::control::refusal;
use super::message::Answer;
use super::server::Gateway;
use crate::clock::Clock;
use crate::error::SandboxError;

/// What `POST /_bella/clock` asks for; holding or letting go comes first.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockRequest {
    /// Seconds, or a duration such as `PT8H` or `8h`; a day has 24 hours.
    #[serde(default)]
    advance: Option<Value>,
    #[serde(default)]
    set: Option<Timestamp>,
    #[serde(default)]
    hold: Option<bool>,
}

impl ClockRequest {
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let request: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        request.duration()?;
        Ok(request)
    }

    /// Where the clock is to be moved, from the time it shows; `None` when it is not. An earlier time is refused.
    pub(super) fn target(&self, now: Timestamp) -> Result<Option<Timestamp>, String> {
        if let Some(to) = self.set {
            return if to < now {
                Err(format!("the clock shows {now} and never goes back to {to}"))
            } else {
                Ok(Some(to))
            };
        }
        let by = self.duration()?;
        let target = by.map(|by| now.saturating_add(by).unwrap_or(Timestamp::MAX));
        Ok(target)
    }

    fn duration(&self) -> Result<Option<SignedDuration>, String> {
        let by = match &self.advance {
            None => return Ok(None),
            Some(Value::Number(seconds)) => seconds
                .as_f64()
                .and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok()),
            Some(Value::String(text)) => text
                .parse::<Span>()
                .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
                .ok(),
            Some(_) => None,
        };
        match by.filter(|by| !by.is_negative()) {
            Some(by) => Ok(Some(by)),
            None => Err(
                "advance is a number of seconds or a duration such as \"PT8H\", not negative"
                    .to_owned(),
            ),
        }
    }
}

/// What `GET /_bella/clock` says.
pub(super) fn shown(clock: &Clock) -> Answer {
    let shown = json!({"now": clock.now(), "held": clock.is_held()});
    Answer::json(StatusCode::OK, &shown)
}

/// Holds or lets go, then moves the clock, from one due schedule to the next.
pub(super) async fn moved(gateway: &Gateway, asked: &ClockRequest) -> Answer {
    let clock = &gateway.clock;
    let target = match asked.target(clock.now()) {
        Ok(target) => target,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error),
    };
    let held = asked.hold.map_or(Ok(()), |hold| clock.hold(hold));
    let failed =
        |error: SandboxError| refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string());
    if let Err(error) = held {
        return failed(error);
    }
    let Some(target) = target else {
        return shown(clock);
    };
    match gateway.schedules.advance(target).await {
        Ok(advanced) => {
            let shown = json!({
                "now": clock.now(),
                "held": clock.is_held(),
                "fired": advanced.fired,
                "reached": advanced.reached,
            });
            Answer::json(StatusCode::OK, &shown)
        }
        Err(error) => failed(error),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::ClockRequest;

    #[test]
    fn requests() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        for (body, expected) in [
            (r#"{"advance": 90}"#, Ok("2026-11-22T10:01:30Z")),
            (r#"{"advance": "PT8H"}"#, Ok("2026-11-22T18:00:00Z")),
            (r#"{"advance": "2d 1h"}"#, Ok("2026-11-24T11:00:00Z")),
            (
                r#"{"set": "2026-11-23T00:00:00Z"}"#,
                Ok("2026-11-23T00:00:00Z"),
            ),
            (r#"{"set": "2026-11-21T00:00:00Z"}"#, Err(())),
            (r#"{"advance": -1}"#, Err(())),
            (r#"{"advance": "soon"}"#, Err(())),
            (r#"{"forward": 1}"#, Err(())),
        ] {
            let target = ClockRequest::parse(body.as_bytes())
                .and_then(|request| request.target(now))
                .map(|to| to.map(|to| to.to_string()).unwrap_or_default())
                .map_err(|_| ());
            assert_eq!(
                target.as_deref(),
                expected.as_ref().map(|t| *t).map_err(|()| &()),
                "{body}"
            );
        }
    }
}
