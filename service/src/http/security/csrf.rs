//! Proof that a form was sent from our own page, without anything kept on the server.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use subtle::ConstantTimeEq;

use super::Gate;
use crate::app::App;
use crate::http::admin;

/// A browser's session: a random cookie, and the token that belongs to it and to the user.
///
/// The token is an HMAC-SHA-256 over both under the service's encryption keys: every task can check it, and nobody can make one for a
/// cookie they planted. Another site can have a browser send the cookie's form, but reads neither the cookie nor the token.
#[derive(Clone)]
pub(crate) struct Session {
    token: String,
}

impl Session {
    /// The session of a request, and the cookie to set where it has none yet.
    pub(super) fn of(gate: &Gate, headers: &HeaderMap) -> (Self, Option<HeaderValue>) {
        let name = cookie_name(gate.https());
        if let Some(cookie) = cookie(headers, name) {
            let token = token(&gate.app, &cookie);
            return (Self { token }, None);
        }
        let value = hex(&rand::random::<[u8; 16]>());
        let secure = if gate.https() { "; Secure" } else { "" };
        let path = if gate.https() { "/" } else { "/admin" };
        let set = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}");
        let token = token(&gate.app, &value);
        (Self { token }, HeaderValue::from_str(&set).ok())
    }

    /// What a form carries in its field `csrf`.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

/// A form's fields, whose token was right; a missing field is empty.
pub(crate) struct Entered(BTreeMap<String, String>);

impl Entered {
    /// A field, without the white space around it.
    pub(crate) fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |value| value.trim())
    }
}

impl FromRequest<App> for Entered {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let session = request.extensions().get::<Session>().cloned();
        let form = Form::<BTreeMap<String, String>>::from_request(request, app).await;
        let Form(fields) = form.map_err(|rejection| {
            let text = "The form could not be read. Go back and send it again.";
            admin::refusal(app, rejection.status(), "Nothing was changed", text)
        })?;
        let given = fields.get("csrf").map_or("", String::as_str);
        let right = session
            .is_some_and(|session| bool::from(given.as_bytes().ct_eq(session.token.as_bytes())));
        if right {
            return Ok(Self(fields));
        }
        let text = "The form is too old, or was not sent from these pages. Go back, reload the page and send it again.";
        Err(admin::refusal(
            app,
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            text,
        ))
    }
}

/// `__Host-` makes browsers refuse the cookie from anyone but this very host, by TLS.
fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-bella" } else { "bella" }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() == 32)
        .map(|(_, value)| value.to_owned())
}

fn token(app: &App, cookie: &str) -> String {
    let user = &app.config.admin.user;
    let message = format!("{user}\0{cookie}");
    hex(&app.config.vault.sign("admin form", message.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every write");
        text
    })
}
