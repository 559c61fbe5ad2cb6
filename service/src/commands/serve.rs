//! `bella-service serve`: listens until it is told to stop.
//!
//! The end, on SIGTERM, takes less than [`END_WITHIN`]: readiness fails; for [`LEAVING`] calls are still taken, with answers that
//! close their connections, while the load balancer learns of it; then nobody listens any more, and requests that have begun are
//! answered; last, what runs in the background ends after what it is at.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::serve;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::CommandError;
use crate::app::App;
use crate::config::Config;
use crate::privacy::retention;
use crate::{metrics, outbox, recordings, telemetry, waiting};

/// How long calls are still taken after SIGTERM: the load balancer may send some before it has taken the task out.
const LEAVING: Duration = Duration::from_secs(5);

/// How long the end may take: ECS kills after 30 seconds.
const END_WITHIN: Duration = Duration::from_secs(25);

/// How much of it is left to what runs in the background.
const BACKGROUND_WITHIN: Duration = Duration::from_secs(5);

/// Serve callers, the API and the admin pages; configured by the environment
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_arguments: Arguments) -> Result<(), CommandError> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    telemetry::start();
    let bind = config.bind;
    let app = App::new(config);
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|err| CommandError::failed(format!("listening on {bind}"), err))?;
    let mut background = background(&app);
    let router = app
        .router()
        .layer(from_fn_with_state(app.clone(), close_connections));
    let serving = serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(left(app.clone()));
    let served = tokio::select! {
        served = async { serving.await } => served,
        () = too_long(app.clone()) => {
            warn!("requests are still under way; they are cut off");
            Ok(())
        }
    };
    app.drain.begin();
    let ended = timeout(BACKGROUND_WITHIN, async {
        app.drain.done().await;
        while background.join_next().await.is_some() {}
    });
    if ended.await.is_err() {
        warn!("something still runs in the background; it is cut off");
    }
    served.map_err(|err| CommandError::failed(format!("serving on {bind}"), err))
}

/// What runs beside the requests; each ends when the drain begins, after what it is at.
fn background(app: &App) -> JoinSet<()> {
    let mut background = JoinSet::new();
    let with = |app: &App| (app.clone(), app.drain.clone());
    let (publisher, drain) = with(app);
    background.spawn(async move {
        let clock = publisher.config.clock;
        metrics::publish(&publisher.metrics, clock, drain.wait()).await;
    });
    let (replayer, drain) = with(app);
    background.spawn(async move { waiting::run(&replayer, drain.wait()).await });
    background.spawn(outbox::run(app.clone()));
    let (keeper, drain) = with(app);
    background.spawn(async move {
        let (database, twilio) = (keeper.database.clone(), keeper.twilio.clone());
        retention::daily(database, twilio, keeper.config.retention_days, drain.wait()).await;
    });
    background.spawn(recordings::sweep(app.clone()));
    background
}

/// Resolves when nobody is to be let in any more.
async fn left(app: App) {
    let patience = stopped().await;
    info!("told to stop");
    app.drain.begin();
    sleep(patience).await;
}

/// Resolves when requests have had their time.
async fn too_long(app: App) {
    app.drain.wait().await;
    sleep(END_WITHIN.saturating_sub(BACKGROUND_WITHIN)).await;
}

/// Resolves on SIGTERM, which ECS sends, or SIGINT, from a terminal that nobody balances load to; with how long to go on.
async fn stopped() -> Duration {
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    let (Ok(mut term), Ok(mut int)) = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => LEAVING,
        _ = int.recv() => Duration::ZERO,
    }
}

/// While it ends, every answer closes its connection, so that the next request goes to another task.
async fn close_connections(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.drain.begun() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
