//! Liveness.

use axum::Json;
use serde_json::{Value, json};

/// `GET /healthz`: answers while the process serves, whatever its dependencies do.
pub(crate) async fn healthz() -> Json<Value> {
    Json(json!({"ok": true}))
}
