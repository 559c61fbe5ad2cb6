//! The JSON API, for holders of the key.
//!
//! - `read`: bodies and parameters, every mistake named at once
//! - `openapi`: the description of it all

mod openapi;
mod read;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::app::App;
use crate::http::security::{self, Failures, Gate};
use crate::problem::Problem;

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

pub(crate) fn routes(app: &App, failures: &Arc<Failures>) -> Router<App> {
    let gate = Gate::new(app, Arc::clone(failures));
    let keyed = Router::new()
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(gate.clone(), security::api));
    let all = Router::new()
        .route("/openapi.json", get(openapi::get))
        .nest("/v1", keyed)
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn_with_state(gate, security::headers));
    Router::new().nest("/api", all)
}

async fn missing() -> Problem {
    Problem::not_found("there is nothing at this path; GET /api/openapi.json lists what there is")
}

async fn not_allowed(method: Method, _uri: Uri) -> Problem {
    let detail = format!("this path does not take {method}; the header Allow says what it takes");
    Problem::plain(StatusCode::METHOD_NOT_ALLOWED, detail)
}
