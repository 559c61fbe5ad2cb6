//! Reads bodies and parameters; every mistake is named at once.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::app::App;
use crate::problem::{FieldProblem, Problem};

/// A JSON object as it was sent, or the parameters of a query as strings.
pub(super) struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldProblem>,
}

impl FromRequest<App> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let sent = request.headers().get(header::CONTENT_TYPE);
        let json = sent
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !json {
            let detail = "the body has to be JSON, with the header Content-Type: application/json";
            return Err(Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let body = Bytes::from_request(request, app).await.map_err(|refused| {
            let detail = format!("the body could not be read: {}", refused.body_text());
            Problem::plain(refused.status(), detail)
        })?;
        let bad = |detail: String| Problem::plain(StatusCode::BAD_REQUEST, detail);
        match serde_json::from_slice(&body) {
            Ok(Value::Object(values)) => Ok(Self::new(values)),
            Ok(_) => Err(bad("the body is JSON, but no object".to_owned())),
            // The text of the error names a line and a column, and nothing of what was sent.
            Err(err) => Err(bad(format!("the body is not JSON: {err}"))),
        }
    }
}

impl Fields {
    fn new(values: Map<String, Value>) -> Self {
        Self {
            values,
            errors: Vec::new(),
        }
    }

    /// The parameters of a query; one that is there twice is wrong.
    pub(super) fn of_query(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::new(Map::new());
        for (name, value) in pairs {
            if fields.values.contains_key(&name) {
                fields.wrong(&name, "is there twice");
            }
            fields.values.insert(name, Value::String(value));
        }
        fields
    }

    /// Everything that was sent, always in one order: equal for equal bodies.
    pub(super) fn canonical(&self) -> String {
        Value::Object(self.values.clone()).to_string()
    }

    /// Whether a field is there, whatever it holds.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Notes that a field cannot be used.
    pub(super) fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldProblem {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// A text of at most `longest` characters and without control characters; absent where the field is absent.
    pub(super) fn text(&mut self, name: &str, longest: usize) -> Option<String> {
        let value = self.values.remove(name)?;
        let Value::String(text) = value else {
            self.wrong(name, "is no string");
            return None;
        };
        if text.chars().count() > longest {
            self.wrong(name, format!("is longer than {longest} characters"));
            return None;
        }
        let stray = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
        if text.contains(stray) {
            self.wrong(name, "holds control characters");
            return None;
        }
        Some(text)
    }

    /// As [`Fields::text`]; absent is wrong.
    pub(super) fn needed(&mut self, name: &str, longest: usize) -> Option<String> {
        if !self.has(name) {
            self.wrong(name, "is missing");
        }
        self.text(name, longest)
    }

    /// What `read` makes of a text.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        text: Option<String>,
        needed: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(text?.as_str());
        if value.is_none() {
            self.wrong(name, format!("is not {needed}"));
        }
        value
    }

    /// A moment in RFC 3339 with its offset.
    pub(super) fn moment(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.text(name, 40);
        // An unescaped plus sign of a query is read as a space.
        let text = text.map(|text| text.replace(' ', "+"));
        let needed = "a moment with its offset such as 2026-03-10T14:00:00-04:00";
        self.read(name, text, needed, moment)
    }

    /// A day such as `2026-03-10`.
    pub(super) fn day(&mut self, name: &str) -> Option<Date> {
        let text = self.text(name, 10);
        self.read(name, text, "a day such as 2026-03-10", |text| {
            Date::strptime("%Y-%m-%d", text).ok()
        })
    }

    /// A whole number in a range, as a number or, in a query, as text.
    pub(super) fn whole(&mut self, name: &str, from: u16, to: u16) -> Option<u16> {
        let value = match self.values.remove(name)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        };
        let value = value
            .and_then(|value: u64| u16::try_from(value).ok())
            .filter(|value| (from..=to).contains(value));
        if value.is_none() {
            self.wrong(name, format!("is no whole number from {from} to {to}"));
        }
        value
    }

    /// `true` or `false`; absent is false.
    pub(super) fn yes(&mut self, name: &str) -> bool {
        match self.values.remove(name) {
            None => false,
            Some(Value::Bool(yes)) => yes,
            Some(_) => {
                self.wrong(name, "is neither true nor false");
                false
            }
        }
    }

    /// Takes a field out when it is there and null.
    pub(super) fn null(&mut self, name: &str) -> bool {
        let null = self.values.get(name).is_some_and(Value::is_null);
        if null {
            self.values.remove(name);
        }
        null
    }

    /// Nothing more is expected: names everything that is left over, and answers with all that is wrong.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        let left: Vec<String> = self.values.keys().cloned().collect();
        for name in left {
            // The name of an unknown field may be anything: only a tame one is repeated.
            let tame = name.len() <= 40
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let shown = if tame { name.as_str() } else { "?" };
            self.wrong(shown, "is not a field of this request");
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }
}

/// RFC 3339 exactly: the parser alone would take more.
fn moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let date = bytes.len() >= 20
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let offset = text.ends_with(['Z', 'z'])
        || (bytes.len() > 6
            && matches!(bytes[bytes.len() - 6], b'+' | b'-')
            && bytes[bytes.len() - 3] == b':');
    (date && matches!(bytes[10], b'T' | b't') && offset)
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_needs_its_offset() {
        for good in [
            "2026-03-10T14:00:00-04:00",
            "2026-03-10T18:00:00Z",
            "2026-03-10T18:00:00.250Z",
            "2026-03-10t18:00:00z",
        ] {
            assert!(moment(good).is_some(), "{good}");
        }
        for bad in [
            "2026-03-10T14:00:00",
            "2026-03-10",
            "2026-03-10 14:00:00Z",
            "20260310T140000Z",
            "2026-03-10T14:00:00-04:00[America/Toronto]",
            "2026-02-30T14:00:00Z",
            "tomorrow",
            "",
        ] {
            assert!(moment(bad).is_none(), "{bad}");
        }
    }
}
