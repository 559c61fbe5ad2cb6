//! Recorded answers: Twilio brings one, asks what was said, and tells that it has stored it.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bella_domain::dialogue::CallerId;
use bytes::Bytes;
use tracing::warn;

use super::voice::{self, Transcribed};
use crate::app::App;
use crate::recordings::{self, Notes};
use crate::speech::{Polled, Recording, Transcript};
use crate::twilio::{Form, Signed};
use crate::twiml;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/twilio/voice/recording", post(recorded))
        .route("/twilio/voice/recording/status", post(stored))
}

/// `POST /twilio/voice/recording?turn=N&expect=time`: the answer to the `N`th reply is recorded; with `recording` and `poll`, the
/// call asks what was said in it.
async fn recorded(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Signed(form): Signed,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let Some((recording, poll)) = Recording::read(query, &form) else {
        warn!("a signed recording without a name that can be used");
        return voice::pressed(app, &uri, &headers, &form).await;
    };
    match (form.get("Digits"), poll) {
        (Some(keys), 0) => {
            app.speech.discard(&recording, Notes::new(&app));
            // Twilio's word for a caller who is gone.
            if keys == "hangup" {
                return xml(twiml::empty());
            }
            voice::pressed(app, &uri, &headers, &form).await
        }
        (_, 0) => xml(app.speech.begin(&recording, Notes::new(&app))),
        _ => asked(app, recording, poll, &form).await,
    }
}

async fn asked(app: App, recording: Recording, poll: u8, form: &Form) -> Response {
    let elsewhere = || recordings::heard_elsewhere(&app, &recording);
    match app.speech.poll(&recording, poll, elsewhere).await {
        Polled::Waiting(twiml) | Polled::Failed(twiml) => xml(twiml),
        Polled::Said(Transcript { text, seconds }) => {
            let heard = Transcribed {
                call: recording.call,
                caller: CallerId::read(form.get("From").unwrap_or_default()),
                turn: recording.turn,
                text,
                seconds: seconds.or(recording.seconds),
            };
            voice::heard(app, heard).await
        }
    }
}

/// `POST /twilio/voice/recording/status`: a recording is stored; noted so that it is deleted even if this process dies before it
/// has done so.
async fn stored(State(app): State<App>, Signed(form): Signed) -> Response {
    if form.get("RecordingStatus") == Some("completed")
        && let Some((recording, _)) = Recording::read("", &form)
    {
        tokio::spawn(async move { Notes::new(&app).made(&recording).await });
    }
    xml(twiml::empty())
}

fn xml(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, twiml::CONTENT_TYPE)], body).into_response()
}
