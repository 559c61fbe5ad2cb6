//! The JSON API, for holders of the key.
//!
//! - `list`, `create`, `one`: appointments; `availability`: times that can be booked
//! - `usage`: what calls used
//! - `privacy`: what a person may ask for
//! - `once`: requests that may be sent again
//! - `read`, `ask`: bodies and parameters, every mistake named at once
//! - `view`, `refused`: what is answered
//! - `openapi`: the description of it all

mod ask;
mod availability;
mod create;
mod list;
mod once;
mod one;
mod openapi;
mod privacy;
mod read;
mod refused;
mod usage;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::security::{self, Failures, Gate};
use crate::problem::Problem;

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

pub(crate) fn routes(app: &App, failures: &Arc<Failures>) -> Router<App> {
    let gate = Gate::new(app, Arc::clone(failures));
    let (keyed, described) = OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::search))
        .routes(routes!(one::read, one::change, one::cancel))
        .routes(routes!(availability::list))
        .routes(routes!(usage::sums))
        .routes(routes!(privacy::export))
        .routes(routes!(privacy::erase))
        .split_for_parts();
    let described = openapi::document(described);
    let keyed = keyed
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(gate.clone(), security::api));
    let all = Router::new()
        .route(
            "/openapi.json",
            get(async || ([(header::CONTENT_TYPE, "application/json")], described)),
        )
        .nest("/v1", keyed)
        .fallback(missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn_with_state(gate, security::headers));
    Router::new().nest("/api", all)
}

async fn missing() -> Problem {
    Problem::not_found("there is nothing at this path; GET /api/openapi.json lists what there is")
}

async fn not_allowed(method: Method) -> Problem {
    let detail = format!("this path does not take {method}; the header Allow says what it takes");
    Problem::plain(StatusCode::METHOD_NOT_ALLOWED, detail)
}
