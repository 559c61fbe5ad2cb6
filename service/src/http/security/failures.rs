//! Who failed too often.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Failures in a row that an address may make at once; one more is forgiven every [`FORGIVEN_EVERY`].
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("is not zero");

const FORGIVEN_EVERY: Duration = Duration::from_secs(6);

/// How long an address is shut out that failed more often than that, with the right password too: else the limit would tell a guesser
/// which guess was right.
const SHUT_OUT: Duration = Duration::from_secs(60);

/// Above this many addresses those that are forgiven are dropped, so that many addresses cannot fill the memory.
const ADDRESSES: usize = 10_000;

/// Failed attempts to get in, an address each; see [`super::client::address`].
pub(crate) struct Failures {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    shut_out: Mutex<HashMap<IpAddr, Instant>>,
}

impl Failures {
    /// Nobody has failed.
    pub(crate) fn new() -> Self {
        let quota = Quota::with_period(FORGIVEN_EVERY)
            .expect("is not zero")
            .allow_burst(BURST);
        Self {
            limiter: RateLimiter::dashmap(quota),
            clock: DefaultClock::default(),
            shut_out: Mutex::default(),
        }
    }

    /// How long the address still has to wait, when it is shut out.
    pub(super) fn wait(&self, address: IpAddr) -> Option<Duration> {
        let mut shut_out = self.shut_out();
        let until = *shut_out.get(&address)?;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            shut_out.remove(&address);
            return None;
        }
        Some(left)
    }

    /// Counts a failure.
    pub(super) fn count(&self, address: IpAddr) {
        if self.limiter.len() > ADDRESSES {
            self.limiter.retain_recent();
        }
        let Err(not_until) = self.limiter.check_key(&address) else {
            return;
        };
        let wait = not_until.wait_time_from(self.clock.now()).max(SHUT_OUT);
        let now = Instant::now();
        let mut shut_out = self.shut_out();
        if shut_out.len() > ADDRESSES {
            shut_out.retain(|_, until| *until > now);
        }
        shut_out.insert(address, now + wait);
    }

    fn shut_out(&self) -> MutexGuard<'_, HashMap<IpAddr, Instant>> {
        // The map is whole at any moment, also after a panic elsewhere.
        match self.shut_out.lock() {
            Ok(shut_out) => shut_out,
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}
