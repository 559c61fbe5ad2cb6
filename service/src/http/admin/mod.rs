//! Pages for the people of the business; they work without JavaScript and bring none.
//!
//! - `page`: the frame of every page; `assets`: the style sheet
//! - `day`: a day's list and a week's grid, laid out by `agenda`
//! - `book`, `appointment`: making an appointment, and everything about one; `form`: what is entered
//! - `people`: found and shown; `privacy`: exported, erased
//! - `calls`: the log of calls
//! - `figures`: figures of the last days, drawn by `chart`; `steps`: how fast callers are answered
//! - `flags`, `texts`: which features are on; which texts wait or failed
//! - `row`, `times`, `money`: how things are shown

mod agenda;
mod appointment;
mod assets;
mod book;
mod calls;
mod chart;
mod day;
mod figures;
mod flags;
mod form;
mod money;
mod page;
mod people;
mod privacy;
mod row;
mod steps;
mod texts;
mod times;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::security::{self, Failures, Gate};

pub(crate) use page::refusal;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 16 * 1024;

pub(crate) fn routes(app: &App, failures: &Arc<Failures>) -> Router<App> {
    let gate = Gate::new(app, Arc::clone(failures));
    let pages = Router::new()
        .route("/assets/{name}", get(assets::get))
        .route("/", get(day::show))
        .route("/week", get(day::week))
        .route("/appointments", post(book::create))
        .route("/appointments/new", get(book::form))
        .route("/appointments/{id}", get(appointment::show))
        .route("/appointments/{id}/move", post(appointment::relocate))
        .route("/appointments/{id}/status", post(appointment::mark))
        .route(
            "/appointments/{id}/cancel",
            get(appointment::ask).post(appointment::cancel),
        )
        .route("/search", get(people::form).post(people::search))
        .route("/people/{id}", get(people::show))
        .route("/people/{id}/export", get(privacy::export))
        .route("/people/{id}/erase", get(privacy::ask).post(privacy::erase))
        .route("/calls", get(calls::list))
        .route("/calls/{sid}", get(calls::show))
        .route("/texts", get(texts::list))
        .route("/metrics", get(figures::show))
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
