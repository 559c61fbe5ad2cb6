//! Ctrl-C: once finishes what is in flight, twice stops at once.

use bella_engine::apply::Stop;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How to say something beside a live tree.
pub(crate) type Voice = Box<dyn Fn(&str) + Send>;

/// Follows SIGINT and SIGTERM for as long as the returned task lives.
pub(crate) fn follow(say: Voice) -> (watch::Receiver<Stop>, tokio::task::JoinHandle<()>) {
    let (sender, receiver) = watch::channel(Stop::No);
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
            say(text(stop));
            // A run that has ended has no use for it.
            let _ended = sender.send(stop);
        }
        std::future::pending::<()>().await;
    });
    (receiver, task)
}

fn text(stop: Stop) -> &'static str {
    match stop {
        Stop::Now => "stopping at once; the next run completes what is left",
        _ => "finishing what is in flight; press Ctrl-C again to stop at once",
    }
}
