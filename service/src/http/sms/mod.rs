//! Twilio's message webhooks: a text comes in; what became of one of ours.
//!
//! - `reply`: what is done about a text, and answered
//! - `status`: reports of delivery
//!
//! Like calls, texts are answered within a second. When the database takes longer the texter is told so, the work goes on, and
//! what came of it follows by the outbox.

mod reply;
mod status;

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use tokio::time::timeout;
use tracing::warn;

use crate::app::App;
use crate::texts::Text;
use crate::twilio::{SMS_STATUS_PATH, Signed};
use crate::twiml;
use reply::Message;

/// How long a text's answer may take.
const ANSWER_WITHIN: Duration = Duration::from_millis(850);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/twilio/sms", post(text))
        .route(SMS_STATUS_PATH, post(delivery))
}

/// `POST /twilio/sms`: a text. Repeated, it changes nothing and gets the same answer.
async fn text(State(app): State<App>, Signed(form): Signed) -> Response {
    let Some(message) = Message::read(&form) else {
        warn!("a signed text without a sender or an id that can be used");
        return xml(twiml::empty());
    };
    let mut working = tokio::spawn(reply::reply(app.clone(), message.clone()));
    match timeout(ANSWER_WITHIN, &mut working).await {
        Ok(Ok(Some(body))) => xml(twiml::Response::new().message(&body).finish()),
        Ok(Ok(None)) => xml(twiml::empty()),
        Ok(Err(_)) => {
            warn!("a text could not be dealt with");
            xml(twiml::empty())
        }
        Err(_) => {
            tokio::spawn(async move {
                if let Ok(Some(body)) = working.await {
                    reply::follow(&app, &message, body).await;
                }
            });
            xml(twiml::Response::new().message(&Text::Away.body()).finish())
        }
    }
}

/// `POST /twilio/sms/status`: what became of a text of ours; answered with nothing.
async fn delivery(State(app): State<App>, Signed(form): Signed) -> Response {
    let noting = tokio::spawn(async move { status::note(&app, &form).await });
    // What takes longer goes on without Twilio.
    let _ = timeout(ANSWER_WITHIN, noting).await;
    xml(twiml::empty())
}

fn xml(body: Bytes) -> Response {
    ([(CONTENT_TYPE, twiml::CONTENT_TYPE)], body).into_response()
}
