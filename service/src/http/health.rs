//! Liveness.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/healthz", get(healthz))
}

/// `GET /healthz`: answers while the process serves, whatever its dependencies do.
async fn healthz() -> Json<Value> {
    Json(json!({"ok": true}))
}
