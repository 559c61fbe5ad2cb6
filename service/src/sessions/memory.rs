//! The newest sessions of this process, bounded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::kept::Kept;

/// How many calls are kept here: 8 MiB at most, and more than one task has under way at a time.
const CALLS: usize = 2048;

/// What this process kept last of each call; the oldest go first when there are too many.
pub(super) struct Memory {
    life: Duration,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    values: HashMap<Arc<str>, Value>,
    /// In the order in which they were kept; a key that was kept again is there again, with its newer stamp.
    order: VecDeque<(u64, Arc<str>)>,
    stamp: u64,
}

struct Value {
    kept: Kept,
    stamp: u64,
    at: Instant,
    /// Not yet in Redis.
    owed: bool,
}

impl Memory {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life,
            inner: Mutex::default(),
        }
    }

    /// What was kept under the key, within a session's life.
    pub(super) fn get(&self, key: &str, now: Instant) -> Option<Kept> {
        let inner = self.inner();
        let value = inner.values.get(key)?;
        let alive = now.saturating_duration_since(value.at) < self.life;
        alive.then(|| value.kept.clone())
    }

    /// Keeps it, unless what is kept is newer.
    pub(super) fn put(&self, key: &str, kept: Kept, now: Instant, owed: bool) {
        let mut inner = self.inner();
        let newer = inner.values.get(key).is_some_and(|have| {
            have.kept.turn > kept.turn && now.saturating_duration_since(have.at) < self.life
        });
        if newer {
            return;
        }
        let key: Arc<str> = match inner.values.get_key_value(key) {
            Some((key, _)) => Arc::clone(key),
            None => key.into(),
        };
        inner.stamp += 1;
        let value = Value {
            kept,
            stamp: inner.stamp,
            at: now,
            owed,
        };
        let stamp = inner.stamp;
        inner.order.push_back((stamp, Arc::clone(&key)));
        inner.values.insert(key, value);
        inner.shrink(now, self.life);
    }

    /// Forgets what Redis has; what it does not have stays.
    pub(super) fn forget(&self, key: &str) {
        let mut inner = self.inner();
        if inner.values.get(key).is_some_and(|value| !value.owed) {
            inner.values.remove(key);
        }
    }

    /// Redis has it too: nothing is owed.
    pub(super) fn paid(&self, key: &str, turn: u32) {
        if let Some(value) = self.inner().values.get_mut(key)
            && value.kept.turn <= turn
        {
            value.owed = false;
        }
    }

    /// What Redis does not have yet.
    pub(super) fn owed(&self, now: Instant) -> Vec<(Arc<str>, Kept)> {
        let inner = self.inner();
        let owed = inner
            .values
            .iter()
            .filter(|(_, value)| value.owed && now.saturating_duration_since(value.at) < self.life);
        owed.map(|(key, value)| (Arc::clone(key), value.kept.clone()))
            .collect()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.values.len(), inner.order.len())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Drops what is too old, what there is too much of, and places in the order that a newer one has replaced.
    fn shrink(&mut self, now: Instant, life: Duration) {
        while let Some((stamp, key)) = self.order.front() {
            let value = self.values.get(key);
            let replaced = value.is_none_or(|value| value.stamp != *stamp);
            let old = value.is_some_and(|value| now.saturating_duration_since(value.at) >= life);
            if !replaced && !old && self.values.len() <= CALLS {
                break;
            }
            if !replaced {
                self.values.remove(key);
            }
            self.order.pop_front();
        }
        // A front that stays must not let the replaced ones behind it grow.
        if self.order.len() > 4 * CALLS {
            let values = &self.values;
            self.order
                .retain(|(stamp, key)| values.get(key).is_some_and(|value| value.stamp == *stamp));
        }
    }
}
