use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::limits::limit;
use crate::gateway::Call;

/// Token buckets by service, region, and class of operations or operation.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    levels: Mutex<BTreeMap<String, Level>>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl Buckets {
    /// Takes a token for the call; false when there is none.
    pub(super) fn take(&self, call: &Call, now: Timestamp) -> bool {
        let Some(limit) = limit(call) else {
            return true;
        };
        let operation = if limit.each {
            call.operation.as_str()
        } else {
            ""
        };
        let region = call.region.as_deref().unwrap_or_default();
        let key = format!("{}/{region}/{}/{operation}", call.service, limit.bucket);
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.entry(key).or_insert(Level {
            tokens: limit.size,
            at: now,
        });
        let passed = now.duration_since(level.at).as_secs_f64().max(0.0);
        level.tokens = (level.tokens + passed * limit.refill).min(limit.size);
        level.at = now;
        let has = level.tokens >= 1.0;
        if has {
            level.tokens -= 1.0;
        }
        has
    }

    /// Fills all buckets.
    pub(super) fn clear(&self) {
        let levels = self.levels.lock();
        levels.unwrap_or_else(PoisonError::into_inner).clear();
    }
}
