//! How long and how often a refused call is repeated: one policy for every kind.

use std::time::Duration;

use crate::cloud::CloudError;
use crate::resource::Pending;

/// Time and chance, given to the engine from outside.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> jiff::Timestamp;
    /// Waits.
    fn sleep(&self, time: Duration) -> Pending<'static, ()>;
    /// A number in `0.0..1.0`, for jitter.
    fn chance(&self) -> f64;
}

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15);
const GROWTH: f64 = 1.6;

/// The waits of one call: from one second, by 1.6 up to 15 seconds, with full jitter, until the
/// error's own patience is used up (`aws-behaviours.md` §4g).
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
    waited: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            next: FIRST,
            waited: Duration::ZERO,
        }
    }
}

impl Backoff {
    /// A backoff that starts with short waits, for polling a state rather than repeating a call.
    #[must_use]
    pub fn polling() -> Self {
        Self {
            next: Duration::from_millis(250),
            waited: Duration::ZERO,
        }
    }

    /// How long to wait before repeating the call that failed with `error`; `None`: give up.
    pub fn after(&mut self, error: &CloudError, chance: f64) -> Option<Duration> {
        self.within(error.patience()?, chance)
    }

    /// How long to wait next while less than `patience` has been waited in all.
    pub fn within(&mut self, patience: Duration, chance: f64) -> Option<Duration> {
        let left = patience.checked_sub(self.waited).filter(|left| !left.is_zero())?;
        let wait = self.next.mul_f64(0.5 + chance / 2.0).min(left);
        self.waited += wait;
        self.next = self.next.mul_f64(GROWTH).min(LONGEST);
        Some(wait)
    }

    /// How long has been waited in all.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Fault;

    #[test]
    fn waits_grow_to_a_limit_and_end_with_the_patience() {
        let error = CloudError::new(Fault::NotYet, "ecs", "CreateService", "x");
        let mut backoff = Backoff::default();
        let mut waits = Vec::new();
        while let Some(wait) = backoff.after(&error, 1.0) {
            waits.push(wait);
        }
        assert_eq!(waits[0], FIRST);
        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert_eq!(waits.iter().sum::<Duration>(), Duration::from_secs(240));
    }

    #[test]
    fn what_cannot_get_better_is_not_repeated() {
        let error = CloudError::new(Fault::Denied, "ec2", "CreateVpc", "x");
        assert_eq!(Backoff::default().after(&error, 0.5), None);
    }
}
