//! The end of the process, in order.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};
use tracing::{Instrument, warn};

/// How many pieces of work may be under way beside the requests: more are dropped rather than kept in memory.
const BESIDE: u32 = 512;

/// Tells every part of the process that it is to end; a clone is the same.
///
/// Readiness fails from then on, answers close their connections, and what runs in the background stops after what it is at.
#[derive(Debug, Clone)]
pub struct Drain {
    begun: watch::Sender<bool>,
    beside: Arc<Semaphore>,
}

impl Drain {
    /// Not begun.
    #[expect(
        clippy::new_without_default,
        reason = "a drain that nobody can begin would be a mistake"
    )]
    pub fn new() -> Self {
        Self {
            begun: watch::Sender::new(false),
            beside: Arc::new(Semaphore::new(BESIDE as usize)),
        }
    }

    /// Begins it; once is enough.
    pub fn begin(&self) {
        self.begun.send_replace(true);
    }

    /// Whether it has begun.
    pub fn begun(&self) -> bool {
        *self.begun.borrow()
    }

    /// Resolves when it begins.
    pub async fn wait(&self) {
        // Fails only when the sender is gone, which `self` is.
        let _ = self.begun.subscribe().wait_for(|begun| *begun).await;
    }

    /// Does something that no answer waits for, and the end of the process does.
    pub fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        match Arc::clone(&self.beside).try_acquire_owned() {
            Ok(slot) => {
                let work = async move {
                    work.await;
                    drop(slot);
                };
                tokio::spawn(work.in_current_span());
            }
            Err(_) => warn!("too much is under way beside the requests; something is not done"),
        }
    }

    /// Resolves when everything beside the requests is done.
    pub async fn done(&self) {
        // Fails only when the semaphore is closed, which nobody does.
        let _ = self.beside.acquire_many(BESIDE).await;
    }
}
