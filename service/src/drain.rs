//! The end of the process, in order.

use tokio::sync::watch;

/// Tells every part of the process that it is to end; a clone is the same.
///
/// Readiness fails from then on, answers close their connections, and what runs in the background stops after what it is at.
#[derive(Debug, Clone)]
pub struct Drain(watch::Sender<bool>);

impl Drain {
    /// Not begun.
    #[expect(
        clippy::new_without_default,
        reason = "a drain that nobody can begin would be a mistake"
    )]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Begins it; once is enough.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it has begun.
    pub fn begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Resolves when it begins.
    pub async fn wait(&self) {
        // Fails only when the sender is gone, which `self` is.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }
}
