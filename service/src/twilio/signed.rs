//! The extractor that lets Twilio's webhooks in, and nobody else's.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::form::Form;
use super::signature::{self, Payload};
use crate::app::App;

/// The longest body that is read: Twilio's are a few kilobytes.
const LONGEST_BODY: usize = 64 * 1024;

/// The parameters of a webhook that Twilio signed; extracting it fails with [`Forged`], in every environment.
///
/// What is signed is `PUBLIC_BASE_URL` with the path and query as they were received, so that a proxy's headers have no say.
#[derive(Debug, Clone)]
pub struct Signed(pub Form);

/// A webhook without a signature or with a wrong one: 403 and `<Reject/>`.
#[derive(Debug)]
pub struct Forged;

impl IntoResponse for Forged {
    fn into_response(self) -> Response {
        let twiml = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>"#;
        let xml = HeaderValue::from_static("text/xml; charset=utf-8");
        (StatusCode::FORBIDDEN, [(CONTENT_TYPE, xml)], twiml).into_response()
    }
}

impl FromRequest<App> for Signed {
    type Rejection = Forged;

    async fn from_request(request: Request, app: &App) -> Result<Self, Forged> {
        let (parts, body) = request.into_parts();
        let refuse = |reason: &'static str| {
            tracing::warn!(path = parts.uri.path(), reason, "webhook refused");
            Forged
        };
        let signature = parts.headers.get(signature::HEADER);
        let Some(signature) = signature.and_then(|value| value.to_str().ok()) else {
            return Err(refuse("no signature"));
        };
        let body = to_bytes(body, LONGEST_BODY).await;
        let body: Bytes = body.map_err(|_| refuse("body cut off or too long"))?;
        let form = is_form(&parts).then(|| Form::decode(&body));
        let pairs: Vec<_> = form.iter().flat_map(Form::pairs).collect();
        let payload = match form {
            Some(_) => Payload::Form(&pairs),
            None => Payload::Body(&body),
        };
        let url = signed_url(app, &parts);
        let tokens = &app.config.twilio.auth_tokens;
        if !tokens.any(|token| signature::verify(token, &url, payload, signature)) {
            return Err(refuse("wrong signature"));
        }
        Ok(Self(form.unwrap_or_default()))
    }
}

fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.split(';').next().is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// The routes are not nested, so that the request's own URI is what was received.
fn signed_url(app: &App, parts: &Parts) -> String {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    [app.config.public_base_url.as_str(), path].concat()
}
