//! HTTP: one file a surface; each parses, calls and answers, and decides nothing.
//!
//! - `voice`, `recording`, `sms`: Twilio's webhooks, signed
//! - `api`: JSON, for holders of the key
//! - `admin`: pages for the people of the business
//! - `health`, `metrics`: for the platform
//! - `security`: who gets in, and what a browser is told

mod admin;
mod api;
mod health;
mod metrics;
mod recording;
mod security;
mod sms;
pub(crate) mod voice;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;

use crate::app::App;
use crate::telemetry;
use security::Failures;

/// Every route.
pub(crate) fn routes(app: &App) -> Router<App> {
    let failures = Arc::new(Failures::new());
    Router::new()
        .merge(voice::routes())
        .merge(recording::routes())
        .merge(sms::routes())
        .merge(api::routes(app, &failures))
        .merge(admin::routes(app, &failures))
        .merge(health::routes())
        .merge(metrics::routes())
        .layer(from_fn(telemetry::trace))
}
