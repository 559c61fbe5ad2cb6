//! Ctrl-C: once finishes what is in flight, twice stops at once.

use bella_engine::apply::Stop;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::ui::Ui;

/// Follows SIGINT and SIGTERM for as long as the returned task lives.
pub(crate) fn follow(ui: &Ui) -> (watch::Receiver<Stop>, tokio::task::JoinHandle<()>) {
    let (sender, receiver) = watch::channel(Stop::No);
    let quiet = ui.quiet || ui.json;
    let task = tokio::spawn(async move {
        let (Ok(mut int), Ok(mut term)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            // Without handlers the signals end the process, which the next run copes with.
            return std::future::pending().await;
        };
        for stop in [Stop::Soon, Stop::Now] {
            tokio::select! {
                _ = int.recv() => {}
                _ = term.recv() => {}
            }
            if !quiet {
                say(stop);
            }
            // A run that has ended has no use for it.
            let _ended = sender.send(stop);
        }
        std::future::pending::<()>().await;
    });
    (receiver, task)
}

fn say(stop: Stop) {
    use std::io::Write;
    let text = match stop {
        Stop::Now => "stopping at once; the next run completes what is left",
        _ => "finishing what is in flight; press Ctrl-C again to stop at once",
    };
    let _closed_pipe = writeln!(std::io::stderr().lock(), "{text}");
}
