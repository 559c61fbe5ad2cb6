//! Twilio's and OpenAI's interfaces on a port of this machine, as far as the service uses them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use bella_service::config::Config;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;

pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKEN: &str = "the token of the tests";
pub(crate) const FROM: &str = "+14165550100";
pub(crate) const OPENAI_KEY: &str = "sk-tests";

/// What becomes of the next text.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// Refused with this status and code; not sent.
    Refused(u16, u32),
    /// Sent, and the answer is lost: the connection ends without one.
    Lost,
}

/// A text that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) callback: String,
    created: Timestamp,
}

/// What the servers know and are told to do.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) texts: Vec<Sent>,
    pub(crate) answers: VecDeque<Answer>,
    pub(crate) calls: Vec<HashMap<String, String>>,
    /// Recordings, each with how often it is not there yet.
    pub(crate) recordings: HashMap<String, (u32, Vec<u8>)>,
    pub(crate) deleted: Vec<String>,
    /// How often a deletion fails.
    pub(crate) deletions_fail: u32,
    /// What is heard in a recording; nothing is a refusal.
    pub(crate) heard: Option<String>,
    /// How long a transcription takes.
    pub(crate) transcribing: Duration,
    pub(crate) transcriptions: u32,
    /// Requests without the account's credentials.
    pub(crate) strangers: u32,
}

/// The servers; they end with it.
pub(crate) struct Fake {
    pub(crate) base: String,
    known: Shared,
    serving: JoinHandle<()>,
}

type Shared = Arc<Mutex<Known>>;

impl Drop for Fake {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("is bound"));
        let known = Shared::default();
        let account = Router::new()
            .route("/Messages.json", post(send_text).get(list_texts))
            .route(
                "/Recordings/{file}",
                get(recording).delete(delete_recording),
            )
            .route("/Calls.json", post(call))
            .route("/Calls/{file}", get(call_state).post(change_call));
        let router = Router::new()
            .nest("/2010-04-01/Accounts/{account}", account)
            .route("/v1/audio/transcriptions", post(transcribe))
            .with_state(known.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serves");
        });
        Self {
            base,
            known,
            serving,
        }
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no test panics with it")
    }

    /// A configuration that knows these servers, with changes.
    pub(crate) fn config(&self, changes: &[(&str, &str)]) -> Config {
        let openai = format!("{}/v1", self.base);
        let mut variables = HashMap::from([
            ("PUBLIC_BASE_URL", "https://book.bella.example"),
            ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none"),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("TWILIO_FROM", FROM),
            ("TWILIO_API_BASE", &self.base),
            ("OPENAI_API_KEY", OPENAI_KEY),
            ("OPENAI_API_BASE", &openai),
            ("SPEECH_MODE", "whisper"),
            (
                "ENCRYPTION_KEYS",
                "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
            ("ADMIN_USER", "admin"),
            ("ADMIN_PASSWORD", "password"),
            ("BELLA_API_KEY", "key"),
        ]);
        variables.extend(changes.iter().copied());
        Config::read(|name| variables.get(name).map(|value| (*value).to_owned()))
            .expect("is complete")
    }
}

/// Whether a request is the account's, which is counted if not.
fn admitted(known: &Shared, headers: &HeaderMap, account: &str) -> bool {
    use base64::Engine;
    let pair = format!("{ACCOUNT}:{TOKEN}");
    let pair = base64::engine::general_purpose::STANDARD.encode(pair);
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let admitted = account == ACCOUNT && given == Some(&format!("Basic {pair}"));
    if !admitted {
        known.lock().expect("is not poisoned").strangers += 1;
    }
    admitted
}

fn refusal(status: u16, code: u32) -> Response {
    let status = StatusCode::from_u16(status).expect("is a status");
    let said = json!({
        "code": code,
        "message": "The number +14165551234 was refused",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status.as_u16(),
    });
    (status, Json(said)).into_response()
}

fn message(index: usize, sent: &Sent) -> Value {
    let created = jiff::fmt::rfc2822::to_string(&sent.created.to_zoned(jiff::tz::TimeZone::UTC));
    json!({
        "sid": format!("SM{index:032x}"),
        "status": "queued",
        "num_segments": "1",
        "to": sent.to,
        "from": FROM,
        "body": sent.body,
        "date_created": created.expect("is a date"),
        "date_sent": null,
        "error_code": null,
    })
}

async fn send_text(
    State(known): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if !admitted(&known, &headers, &account) {
        return refusal(401, 20_003);
    }
    let mut known = known.lock().expect("is not poisoned");
    let answer = known.answers.pop_front();
    if let Some(Answer::Refused(status, code)) = answer {
        return refusal(status, code);
    }
    assert_eq!(form["From"], FROM);
    let sent = Sent {
        to: form["To"].clone(),
        body: form["Body"].clone(),
        callback: form["StatusCallback"].clone(),
        created: Timestamp::now(),
    };
    let said = message(known.texts.len(), &sent);
    known.texts.push(sent);
    if matches!(answer, Some(Answer::Lost)) {
        // A body that fails ends the connection.
        let cut_off = std::io::Error::other("cut off");
        let broken = futures_util::stream::iter([Err::<Bytes, _>(cut_off)]);
        return Response::new(axum::body::Body::from_stream(broken));
    }
    (StatusCode::CREATED, Json(said)).into_response()
}

async fn list_texts(
    State(known): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if !admitted(&known, &headers, &account) {
        return refusal(401, 20_003);
    }
    let known = known.lock().expect("is not poisoned");
    let texts = known.texts.iter().enumerate().rev();
    let texts = texts.filter(|(_, text)| text.to == query["To"]);
    let texts: Vec<_> = texts.map(|(index, text)| message(index, text)).collect();
    Json(json!({"messages": texts})).into_response()
}

async fn recording(
    State(known): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !admitted(&known, &headers, &account) {
        return refusal(401, 20_003);
    }
    let mut known = known.lock().expect("is not poisoned");
    let sid = file.strip_suffix(".wav").unwrap_or_default();
    match known.recordings.get_mut(sid) {
        Some((0, audio)) => audio.clone().into_response(),
        Some((missing, _)) => {
            *missing -= 1;
            refusal(404, 20_404)
        }
        None => refusal(404, 20_404),
    }
}

async fn delete_recording(
    State(known): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !admitted(&known, &headers, &account) {
        return refusal(401, 20_003);
    }
    let mut known = known.lock().expect("is not poisoned");
    if known.deletions_fail > 0 {
        known.deletions_fail -= 1;
        return refusal(500, 20_500);
    }
    let sid = file.strip_suffix(".json").unwrap_or_default().to_owned();
    if known.recordings.remove(&sid).is_none() {
        return refusal(404, 20_404);
    }
    known.deleted.push(sid);
    StatusCode::NO_CONTENT.into_response()
}

async fn call(
    State(known): State<Shared>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if !admitted(&known, &headers, &account) {
        return refusal(401, 20_003);
    }
    let mut known = known.lock().expect("is not poisoned");
    known.calls.push(form);
    let sid = format!("CA{:032x}", known.calls.len());
    let said = json!({"sid": sid, "status": "queued", "duration": null});
    (StatusCode::CREATED, Json(said)).into_response()
}

async fn call_state(Path((_, file)): Path<(String, String)>) -> Response {
    let sid = file.strip_suffix(".json").unwrap_or_default();
    Json(json!({"sid": sid, "status": "completed", "duration": "61"})).into_response()
}

async fn change_call(
    State(known): State<Shared>,
    Path((_, file)): Path<(String, String)>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let sid = file.strip_suffix(".json").unwrap_or_default();
    known.lock().expect("is not poisoned").calls.push(form);
    Json(json!({"sid": sid, "status": "in-progress"})).into_response()
}

async fn transcribe(State(known): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let key = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    assert_eq!(key, Some(&*format!("Bearer {OPENAI_KEY}")));
    let sent = String::from_utf8_lossy(&body);
    for part in ["whisper-1", "answer.wav", "name=\"language\"", "RIFF"] {
        assert!(sent.contains(part), "{part}");
    }
    let (heard, takes) = {
        let mut known = known.lock().expect("is not poisoned");
        known.transcriptions += 1;
        (known.heard.clone(), known.transcribing)
    };
    sleep(takes).await;
    match heard {
        Some(text) => {
            let usage = json!({"type": "duration", "seconds": 3});
            Json(json!({"text": text, "usage": usage})).into_response()
        }
        None => {
            let error = json!({"message": "no", "type": "invalid_request_error", "param": null, "code": null});
            (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
        }
    }
}
