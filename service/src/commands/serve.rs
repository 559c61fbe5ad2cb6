//! `bella-service serve`: listens until it is told to stop.

use axum::serve;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::CommandError;
use crate::app::App;
use crate::config::Config;

/// Serve callers, the API and the admin pages; configured by the environment
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_arguments: Arguments) -> Result<(), CommandError> {
    let config = Config::read(|name| std::env::var(name).ok())?;
    let bind = config.bind;
    let app = App::new(config);
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|err| CommandError::failed(format!("listening on {bind}"), err))?;
    serve(listener, app.router())
        .with_graceful_shutdown(stopped())
        .await
        .map_err(|err| CommandError::failed(format!("serving on {bind}"), err))
}

/// Resolves on SIGTERM, which ECS sends, or SIGINT.
async fn stopped() {
    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    );
    let (Ok(mut term), Ok(mut int)) = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
