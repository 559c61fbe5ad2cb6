//! `bella-service serve`: listens until it is told to stop.

use std::net::SocketAddr;

use axum::serve;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::CommandError;
use crate::app::App;
use crate::config::Config;
use crate::{metrics, telemetry};

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
    let (stop, stopping) = watch::channel(false);
    let publishing = tokio::spawn({
        let app = app.clone();
        async move { metrics::publish(&app.metrics, app.config.clock, told(stopping)).await }
    });
    let served = serve(
        listener,
        app.router()
            .into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stopped())
    .await;
    // Both fail only when the publisher is gone.
    let _ = stop.send(true);
    let _ = publishing.await;
    served.map_err(|err| CommandError::failed(format!("serving on {bind}"), err))
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

/// Resolves when `true` is sent, or nobody can send any more.
async fn told(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
