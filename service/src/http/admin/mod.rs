//! Pages for the people of the business; they work without JavaScript and bring none.
//!
//! - `page`: the frame of every page
//! - `flags`: which features are on
//! - `assets`, `times`: the style sheet; how times are shown

mod assets;
mod flags;
mod page;
mod times;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::http::security::{self, Failures, Gate};

pub(crate) use page::refusal;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 16 * 1024;

pub(crate) fn routes(app: &App, failures: &Arc<Failures>) -> Router<App> {
    let gate = Gate::new(app, Arc::clone(failures));
    let pages = Router::new()
        .route("/assets/{name}", get(assets::get))
        .route("/flags", get(flags::show))
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(gate.clone(), security::admin))
        .layer(from_fn_with_state(gate, security::headers));
    Router::new().nest("/admin", pages)
}

async fn missing(State(app): State<App>) -> Response {
    let text = "There is no page at this address; what it was about may be gone.";
    refusal(&app, StatusCode::NOT_FOUND, "Not found", text)
}

async fn not_allowed(State(app): State<App>) -> Response {
    let text = "This address does not take that kind of request.";
    refusal(&app, StatusCode::METHOD_NOT_ALLOWED, "Not possible", text)
}
