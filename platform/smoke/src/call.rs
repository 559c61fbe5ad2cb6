//! The pretend call.

use jiff::Zoned;

use crate::door::{Door, short};
use crate::twiml::{self, Then};

/// A number that nobody has: 555-0100 to 555-0199 are kept free for such.
pub(crate) const CALLER: &str = "+14165550199";

/// More than the usual four webhooks, for a service that asks back.
const MOST_TURNS: usize = 12;

/// Calls, gives a name and the time, and says yes; whether what was confirmed is booked, the API tells.
///
/// # Errors
/// What was answered instead of the next question.
pub(crate) async fn book(door: &Door, id: &str, start: &Zoned) -> Result<(), String> {
    let time = start.strftime("%B %-d at %-I:%M %p").to_string();
    let mut answer = post(door, "/twilio/voice", id, None).await?;
    for _ in 0..MOST_TURNS {
        answer = match answer.then {
            Then::HangUp => return Ok(()),
            Then::Ask(path) => post(door, &path, id, None).await?,
            Then::Listen(path) => {
                let said = answer.said.to_lowercase();
                let reply = match () {
                    () if said.contains("confirm") => "yes",
                    () if said.contains("name") => "John Smith",
                    () => time.as_str(),
                };
                post(door, &path, id, Some(reply)).await?
            }
            Then::Other(verb) => {
                return Err(format!(
                    "the service answered with <{verb}> after saying \"{}\"",
                    short(&answer.said)
                ));
            }
        };
    }
    Err(format!(
        "no booking after {MOST_TURNS} answers; it said last: \"{}\"",
        short(&answer.said)
    ))
}

/// What every webhook of a call says.
pub(crate) fn fields(id: &str) -> [(&str, &str); 5] {
    [
        ("CallSid", id),
        ("From", CALLER),
        ("To", "+14165550100"),
        ("CallStatus", "in-progress"),
        ("Direction", "inbound"),
    ]
}

async fn post(
    door: &Door,
    path: &str,
    id: &str,
    speech: Option<&str>,
) -> Result<twiml::Answer, String> {
    let mut fields = fields(id).to_vec();
    if let Some(speech) = speech {
        fields.extend([("SpeechResult", speech), ("Confidence", "0.95")]);
    }
    match door.twilio(path, &fields).await? {
        (200, body) => twiml::read(&body),
        (403, _) => Err(format!(
            "POST {path} answered 403: the service does not take the signature; PUBLIC_BASE_URL or TWILIO_AUTH_TOKEN is another"
        )),
        (status, body) => Err(format!("POST {path} answered {status}: {}", short(&body))),
    }
}
