//! One webhook of a call at a time in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Lock = Arc<tokio::sync::Mutex<()>>;

/// A lock for each call that has a webhook under way, and for no other.
#[derive(Default)]
pub(super) struct Locks {
    held: Arc<Mutex<HashMap<Arc<str>, Lock>>>,
}

/// The right to answer a webhook of a call; ends when it is dropped.
pub struct Held {
    call: Arc<str>,
    locks: Arc<Mutex<HashMap<Arc<str>, Lock>>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Held").field(&self.call).finish()
    }
}

impl Locks {
    /// Waits until no other webhook of the call is under way.
    pub(super) async fn lock(&self, call: &str) -> Held {
        let call: Arc<str> = call.into();
        // Made before the wait: whoever gives up waiting also tidies up.
        let mut held = Held {
            call: Arc::clone(&call),
            locks: Arc::clone(&self.held),
            guard: None,
        };
        let lock = {
            let mut locks = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(call).or_default())
        };
        held.guard = Some(lock.lock_owned().await);
        held
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = locks
            .get(&self.call)
            .is_some_and(|lock| Arc::strong_count(lock) == 1);
        if unused {
            locks.remove(&self.call);
        }
    }
}
