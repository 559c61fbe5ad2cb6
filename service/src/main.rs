//! `bella-service`: configuration, listener, graceful stop.

use std::process::ExitCode;

use bella_service::{Config, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let config = match Config::read(|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(err) => return fail(2, &err),
    };
    let listener = match TcpListener::bind(config.bind).await {
        Ok(listener) => listener,
        Err(err) => return fail(1, &format!("listening on {}: {err}", config.bind)),
    };
    match axum::serve(listener, router())
        .with_graceful_shutdown(stopped())
        .await
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => fail(1, &err),
    }
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

fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    use std::io::Write;
    let _closed_pipe = writeln!(std::io::stderr(), "bella-service: {error}");
    ExitCode::from(code)
}
