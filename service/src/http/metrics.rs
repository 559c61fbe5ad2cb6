//! Metrics for Prometheus.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

/// OpenMetrics' media type.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

/// `GET /metrics`: everything that is counted; not for whoever comes through a load balancer.
async fn metrics(State(app): State<App>, headers: axum::http::HeaderMap) -> Response {
    // AWS's load balancers add this to every request.
    if headers.contains_key("x-forwarded-for") {
        return StatusCode::NOT_FOUND.into_response();
    }
    (
        [(header::CONTENT_TYPE, OPENMETRICS)],
        app.metrics.openmetrics(),
    )
        .into_response()
}
