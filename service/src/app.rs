//! The routes.

use axum::Router;
use axum::routing::get;

use crate::health;

/// The service's router: `main` and the tests serve the same one.
pub fn router() -> Router {
    Router::new().route("/healthz", get(health::healthz))
}
