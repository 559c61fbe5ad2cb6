//! What went wrong at Twilio, and what to do about it.

use serde::Deserialize;

/// A request that Twilio did not carry out, or of which it is not known.
///
/// Twilio's message is kept without runs of digits: it repeats the number that was texted or called.
#[derive(Debug, thiserror::Error)]
pub enum TwilioError {
    /// No connection: nothing was carried out.
    #[error(
        "{tried}: Twilio cannot be reached: {why}; check TWILIO_API_BASE and the way out of this network"
    )]
    Unreachable {
        /// What was asked for.
        tried: &'static str,
        /// The other side's words, or the network's.
        why: String,
    },
    /// The request went out and no answer came back that says what became of it.
    #[error("{tried}: Twilio gave no answer: {why}")]
    Unanswered {
        /// What was asked for.
        tried: &'static str,
        /// What came instead.
        why: String,
    },
    /// Twilio said no.
    #[error("{tried}: Twilio answered {status}{}: {message}{}", in_brackets(.code), page(.code))]
    Refused {
        /// What was asked for.
        tried: &'static str,
        /// The HTTP status.
        status: u16,
        /// Twilio's own error code.
        code: Option<u32>,
        /// Twilio's words.
        message: String,
    },
}

fn in_brackets(code: &Option<u32>) -> String {
    code.map_or_else(String::new, |code| format!(" (error {code})"))
}

fn page(code: &Option<u32>) -> String {
    code.map_or_else(String::new, |code| {
        format!("; see https://www.twilio.com/docs/api/errors/{code}")
    })
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was not carried out, and later it may be.
    Later,
    /// It may have been carried out: look before trying again.
    LookFirst,
    /// Never: this number cannot be texted or called.
    BadNumber,
    /// Never: this person does not want to be texted.
    OptedOut,
    /// Never, as it was asked.
    Never,
}

/// Verdicts on Twilio's codes; what is not here goes by the HTTP status, since codes are added and split now and then.
const CODES: &[(u32, Verdict)] = &[
    // Too many requests at once, or too many messages in the number's queue.
    (20_429, Verdict::Later),
    (21_611, Verdict::Later),
    (14_107, Verdict::Later),
    // Credentials that do not fit: they may be about to be rotated.
    (20_003, Verdict::Later),
    // The account's trial restricts whom it may text; region switched off; no route.
    (21_608, Verdict::BadNumber),
    (21_408, Verdict::BadNumber),
    (21_612, Verdict::BadNumber),
    // Not a number, not a mobile one, a landline, a short code, our own, not one that can be called.
    (21_211, Verdict::BadNumber),
    (21_214, Verdict::BadNumber),
    (21_217, Verdict::BadNumber),
    (21_614, Verdict::BadNumber),
    (21_635, Verdict::BadNumber),
    (21_265, Verdict::BadNumber),
    (21_266, Verdict::BadNumber),
    // They answered STOP.
    (21_610, Verdict::OptedOut),
];

impl TwilioError {
    /// What to do about it.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Unreachable { .. } => Verdict::Later,
            Self::Unanswered { .. } => Verdict::LookFirst,
            Self::Refused { status, code, .. } => {
                let known = CODES.iter().find(|(known, _)| Some(*known) == *code);
                match (known, *status) {
                    (Some((_, verdict)), _) => *verdict,
                    (None, 401 | 403 | 429) => Verdict::Later,
                    (None, 500..) => Verdict::LookFirst,
                    (None, _) => Verdict::Never,
                }
            }
        }
    }

    /// Twilio's own error code.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused { code, .. } => *code,
            _ => None,
        }
    }

    pub(super) fn network(tried: &'static str, err: reqwest::Error) -> Self {
        let refused = err.is_connect() || err.is_builder();
        // The address may hold a number.
        let err = err.without_url();
        let mut why = err.to_string();
        let mut source = std::error::Error::source(&err);
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        if refused {
            Self::Unreachable { tried, why }
        } else {
            Self::Unanswered { tried, why }
        }
    }

    pub(super) fn refused(tried: &'static str, status: u16, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Said {
            code: Option<u32>,
            message: Option<String>,
        }
        let said: Option<Said> = serde_json::from_slice(body).ok();
        let code = said.as_ref().and_then(|said| said.code);
        let message = said.and_then(|said| said.message);
        let message = message.unwrap_or_else(|| "no reason given".to_owned());
        Self::Refused {
            tried,
            status,
            code,
            message: without_numbers(&message),
        }
    }
}

/// Replaces runs of digits that could be a telephone number.
fn without_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_ascii_digit() {
            run.push(character);
            continue;
        }
        kept.push_str(if run.len() > 5 { "…" } else { &run });
        run.clear();
        kept.push(character);
    }
    kept.pop();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> TwilioError {
        TwilioError::refused("send a text", status, body.as_bytes())
    }

    #[test]
    fn codes_come_before_statuses() {
        for (status, code, verdict) in [
            (400, 21_610, Verdict::OptedOut),
            (400, 21_211, Verdict::BadNumber),
            (400, 21_614, Verdict::BadNumber),
            (400, 21_611, Verdict::Later),
            (429, 20_429, Verdict::Later),
            (401, 20_003, Verdict::Later),
            (400, 99_999, Verdict::Never),
            (403, 99_999, Verdict::Later),
            (503, 99_999, Verdict::LookFirst),
        ] {
            let body = format!(r#"{{"code": {code}, "message": "no", "status": {status}}}"#);
            assert_eq!(refused(status, &body).verdict(), verdict, "{status} {code}");
        }
        assert_eq!(refused(500, "<html>").verdict(), Verdict::LookFirst);
        assert_eq!(refused(404, "").verdict(), Verdict::Never);
    }

    #[test]
    fn what_is_said_names_the_code_and_no_number() {
        let body = r#"{"code": 21211, "message": "The 'To' number +14165551234 is not a valid phone number.", "more_info": "…", "status": 400}"#;
        assert_eq!(
            refused(400, body).to_string(),
            "send a text: Twilio answered 400 (error 21211): The 'To' number +… is not a valid phone number.; \
             see https://www.twilio.com/docs/api/errors/21211"
        );
        assert_eq!(
            refused(502, "").to_string(),
            "send a text: Twilio answered 502: no reason given"
        );
    }
}
