//! Time that passes only while everybody waits: tokio's paused clock.

use std::time::Duration;

use bella_engine::resource::Pending;
use bella_engine::retry::Clock;
use jiff::Timestamp;
use tokio::time::Instant;

/// Virtual time, from a given beginning; lives inside a paused runtime.
#[derive(Clone, Copy)]
pub(crate) struct Paused {
    base: Timestamp,
    origin: Instant,
}

impl Paused {
    pub(crate) fn starting(base: Timestamp) -> Self {
        Self {
            base,
            origin: Instant::now(),
        }
    }
}

impl Clock for Paused {
    fn now(&self) -> Timestamp {
        self.base + self.origin.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pending<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}
