//! HTTP: one file a surface; each parses, calls and answers, and decides nothing.
//!
//! - `voice`, `recording`, `sms`: Twilio's webhooks, signed
//! - `api`: JSON, for holders of the key
//! - `admin`: pages for the people of the business
//! - `health`, `metrics`: for the platform

mod admin;
mod api;
mod health;
mod metrics;
mod recording;
mod sms;
mod voice;

use axum::Router;
use axum::middleware::from_fn;

use crate::app::App;
use crate::telemetry;

/// Every route.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(voice::routes())
        .merge(recording::routes())
        .merge(sms::routes())
        .merge(api::routes())
        .merge(admin::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .layer(from_fn(telemetry::trace))
}
