//! Twilio's voice webhooks: a call comes in, the caller answers, the call ends.
//!
//! - `webhook`: what a request says
//! - `conduct`: a webhook of a call, from its session to its answer
//! - `effects`: what the dialogue asks the world to do
//! - `session`: what is kept of a call, sealed
//! - `ended`: the call is over
//!
//! An answer never takes a second and is never an error: after [`ANSWER_WITHIN`] the caller hears "one moment", the work goes on,
//! and Twilio comes back for the answer.

mod conduct;
mod effects;
mod ended;
mod session;
mod webhook;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bella_domain::prompts;
use bytes::Bytes;
use tokio::time::timeout;
use tracing::{Instrument, Span, warn};

pub(crate) use effects::texts;
pub(crate) use webhook::Transcribed;

use crate::app::App;
use crate::twilio::{Form, Signed};
use crate::twiml;
use webhook::{Kind, Webhook};

/// How long an answer may take before the caller is asked to wait: Twilio and the caller get one within a second.
const ANSWER_WITHIN: Duration = Duration::from_millis(850);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/twilio/voice", post(rings))
        .route("/twilio/voice/collect", post(answers))
        .route("/twilio/voice/status", post(status))
}

/// `POST /twilio/voice`: a call comes in. Repeated in the middle of a call it changes nothing and gives the last answer again.
async fn rings(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Signed(form): Signed,
) -> Response {
    answer(app, Webhook::read(Kind::Rings, &uri, &headers, &form)).await
}

/// `POST /twilio/voice/collect?turn=N`: what the caller said or pressed after the `N`th answer.
async fn answers(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Signed(form): Signed,
) -> Response {
    answer(app, Webhook::read(Kind::Answers, &uri, &headers, &form)).await
}

/// `POST /twilio/voice/status`: the call is over; answered with nothing, whatever became of it.
async fn status(State(app): State<App>, Signed(form): Signed) -> Response {
    ended::by_status(app, &form).await;
    xml(twiml::empty())
}

/// Answers a webhook with the keys that were pressed while an answer was recorded, or with silence.
pub(crate) async fn pressed(app: App, uri: &Uri, headers: &HeaderMap, form: &Form) -> Response {
    answer(app, Webhook::read(Kind::Answers, uri, headers, form)).await
}

/// Answers a webhook with what a recorded answer said.
pub(crate) async fn heard(app: App, heard: Transcribed) -> Response {
    answer(app, Some(Webhook::transcribed(heard))).await
}

async fn answer(app: App, webhook: Option<Webhook>) -> Response {
    let Some(webhook) = webhook else {
        warn!("a signed webhook without a CallSid that can be used");
        return xml(twiml::Response::new().hang_up().finish());
    };
    Span::current().record("call", webhook.call.as_str());
    let again = webhook.again();
    let mut conducted = Box::pin(conduct::conduct(app.clone(), webhook));
    match timeout(ANSWER_WITHIN, &mut conducted).await {
        Ok(answer) => xml(answer),
        Err(_) => {
            // It goes on: what it has begun it finishes, and keeps for the redirected webhook.
            tokio::spawn(conducted.in_current_span());
            xml(one_moment(&app, &again))
        }
    }
}

/// Asks the caller to wait, and Twilio to come back.
fn one_moment(app: &App, again: &str) -> Bytes {
    let wait = twiml::Response::new().say(prompts::ONE_MOMENT.words, &app.voice);
    wait.redirect(&app.voice.path(again)).finish()
}

fn xml(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, twiml::CONTENT_TYPE)], body).into_response()
}
