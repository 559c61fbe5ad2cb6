//! Requests that may be sent again.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::create;
use super::read::Fields;
use super::refused::conflict;
use crate::app::App;
use crate::db::Begun;
use crate::problem::{FieldProblem, Problem};

/// The header that names a request.
const HEADER: &str = "idempotency-key";

/// Says that the answer is that of an earlier request.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// How often, 5 s apart, a key is tried to be let go of whose request met a database that was away.
const TRIES: u32 = 24;

/// What names a request, and what it says.
pub(super) struct Key {
    name: String,
    request: Vec<u8>,
}

impl Key {
    /// The key of a request, where it has one.
    pub(super) fn of(headers: &HeaderMap, fields: &Fields) -> Result<Option<Self>, Problem> {
        let Some(value) = headers.get(HEADER) else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default();
        let fits =
            (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(Problem::invalid(vec![FieldProblem {
                field: "Idempotency-Key".to_owned(),
                message: "is not 1 to 200 visible ASCII characters".to_owned(),
            }]));
        }
        Ok(Some(Self {
            name: format!("api:{text}"),
            request: Sha256::digest(fields.canonical()).to_vec(),
        }))
    }
}

/// The answer that the request has had already; none when it is to be carried out.
pub(super) async fn begin(app: &App, key: &Key) -> Result<Option<Response>, Problem> {
    match app.database.begin_once(&key.name, &key.request).await? {
        Begun::First => Ok(None),
        Begun::Running => Err(Problem {
            retry_after: Some(1),
            ..conflict(
                "a request with this Idempotency-Key is being carried out; send it again in a second",
            )
        }),
        Begun::Other => Err(Problem::invalid(vec![FieldProblem {
            field: "Idempotency-Key".to_owned(),
            message: "was used for a request with another body".to_owned(),
        }])),
        Begun::Done { body, .. } => {
            let told: Value = serde_json::from_slice(&body).map_err(|_| Problem::failed())?;
            let id = told["id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
            let mut response = create::answer(id.unwrap_or_default(), body);
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(Some(response))
        }
    }
}

/// Keeps the answer of a request that was carried out, and lets go of the key of one that was not.
pub(super) async fn end(app: &App, key: Option<&Key>, made: &Result<(Uuid, Vec<u8>), Problem>) {
    let Some(key) = key else {
        return;
    };
    let kept = match made {
        Ok((_, body)) => app.database.finish_once(&key.name, 201, body).await,
        Err(_) => app.database.forget_once(&key.name).await,
    };
    if kept.is_err() {
        let (app, name) = (app.clone(), key.name.clone());
        tokio::spawn(async move { let_go(&app, &name).await });
    }
}

/// Once it is let go of, the request can be sent again: what it has made is found then.
async fn let_go(app: &App, name: &str) {
    for _ in 0..TRIES {
        tokio::time::sleep(Duration::from_secs(5)).await;
        if app.database.forget_once(name).await.is_ok() {
            return;
        }
    }
}
