//! How long and how often a refused call is repeated: one policy for every kind.

use std::time::Duration;

use crate::cloud::{CloudError, Fault};
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
    spent: Vec<(Fault, Duration)>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            next: FIRST,
            waited: Duration::ZERO,
            spent: Vec::new(),
        }
    }
}

impl Backoff {
    /// A backoff that starts with short waits, for polling a state rather than repeating a call.
    #[must_use]
    pub fn polling() -> Self {
        Self {
            next: Duration::from_millis(250),
            ..Self::default()
        }
    }

    /// How long to wait before repeating the call that failed with `error`; `None`: give up. Each
    /// fault has its patience to itself: a throttled call after a long wait for a state is not
    /// given up for that wait.
    pub fn after(&mut self, error: &CloudError, chance: f64) -> Option<Duration> {
        let patience = error.patience()?;
        let place = self
            .spent
            .iter()
            .position(|(fault, _)| *fault == error.fault);
        let spent = place.map_or(Duration::ZERO, |place| self.spent[place].1);
        let wait = self.wait(patience.saturating_sub(spent), chance)?;
        match place {
            Some(place) => self.spent[place].1 += wait,
            None => self.spent.push((error.fault, wait)),
        }
        Some(wait)
    }

    /// How long to wait next while less than `patience` has been waited in all.
    pub fn within(&mut self, patience: Duration, chance: f64) -> Option<Duration> {
        self.wait(patience.saturating_sub(self.waited), chance)
    }

    fn wait(&mut self, left: Duration, chance: f64) -> Option<Duration> {
        if left.is_zero() {
            return None;
        }
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
    fn each_fault_has_its_patience_to_itself() {
        let error = |fault| CloudError::new(fault, "rds", "DeleteDBInstance", "x");
        let mut backoff = Backoff::default();
        while backoff.after(&error(Fault::InUse), 1.0).is_some() {}
        assert_eq!(backoff.waited(), Duration::from_secs(20 * 60));
        assert_eq!(backoff.after(&error(Fault::Throttled), 1.0), Some(LONGEST));
        assert_eq!(backoff.after(&error(Fault::InUse), 1.0), None);
    }

    #[test]
    fn what_cannot_get_better_is_not_repeated() {
        let error = CloudError::new(Fault::Denied, "ec2", "CreateVpc", "x");
        assert_eq!(Backoff::default().after(&error, 0.5), None);
    }
}
