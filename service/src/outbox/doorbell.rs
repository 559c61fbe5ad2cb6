//! Wakes the one who sends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

/// Rung when a text was put in; a clone is the same bell. It is heard in this process: the others look every few seconds.
#[derive(Debug, Clone, Default)]
pub struct Doorbell(Arc<Notify>);

impl Doorbell {
    /// Wakes the one who sends; when it is awake, it looks once more before it sleeps.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Resolves when it rings, or after `longest`.
    pub(super) async fn wait(&self, longest: Duration) {
        // Either way it is time to look.
        let _ = timeout(longest, self.0.notified()).await;
    }
}
