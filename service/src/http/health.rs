//! Liveness and readiness.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::app::App;
use crate::db::Schema;
use crate::sessions::RedisState;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
}

/// `GET /healthz`: answers while the process serves, whatever its dependencies do.
async fn healthz() -> Json<Value> {
    Json(json!({"ok": true}))
}

/// `GET /readyz`: 200 when every dependency answers and the schema is this version's, else 503; either way the state of each.
///
/// Callers are answered without either dependency: what must not happen then is a deployment that goes on. So this is for
/// deployments and people, and `/healthz` for load balancers. Takes 800 ms at most.
async fn readyz(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let (schema, redis) = tokio::join!(app.database.schema(), redis(&app));
    app.metrics.dependency("database", schema != Schema::Away);
    if redis != RedisState::Off {
        app.metrics.dependency("redis", redis == RedisState::Up);
    }
    let draining = app.drain.begun();
    let works = matches!(schema, Schema::Ready | Schema::Ahead { .. });
    let ready = works && redis != RedisState::Down && !draining;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "ready": ready,
        "draining": draining,
        "database": database(schema),
        "redis": match redis {
            RedisState::Up => json!({"state": "up"}),
            RedisState::Down => json!({"state": "away", "hint": "calls are kept in this process's memory meanwhile"}),
            RedisState::Off => json!({"state": "off", "hint": "REDIS_URL is not set: calls are kept in this process's memory"}),
        },
    });
    (status, Json(body))
}

async fn redis(app: &App) -> RedisState {
    if app.sessions.redis() == RedisState::Off {
        return RedisState::Off;
    }
    let answered =
        app.sessions
            .ask(|mut connection| async move {
                redis::cmd("PING").query_async::<()>(&mut connection).await
            })
            .await;
    match answered {
        Ok(()) => RedisState::Up,
        Err(_) => RedisState::Down,
    }
}

fn database(schema: Schema) -> Value {
    match schema {
        Schema::Ready => json!({"state": "up"}),
        Schema::Ahead { have, want } => {
            json!({"state": "up", "schema": have, "expected": want, "hint": "a newer version has migrated it"})
        }
        Schema::Behind { have, want } => {
            json!({"state": "behind", "schema": have, "expected": want, "hint": "run: bella-service migrate"})
        }
        Schema::Away => json!({"state": "away"}),
    }
}
