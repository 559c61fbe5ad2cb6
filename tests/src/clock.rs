use std::time::Duration;

use bella_engine::resource::Pending;
use bella_engine::retry::Clock;
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan};

/// The machine's clock with short waits and no jitter: an emulator answers in milliseconds what AWS takes seconds for.
#[derive(Clone, Copy, Debug)]
pub struct Brisk {
    haste: u32,
}

impl Brisk {
    /// Waits pass `haste` times faster than they say.
    #[must_use]
    pub fn new(haste: u32) -> Self {
        Self { haste }
    }
}

impl Default for Brisk {
    fn default() -> Self {
        Self::new(20)
    }
}

impl Clock for Brisk {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> Pending<'static, ()> {
        Box::pin(tokio::time::sleep(time / self.haste))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// The next ten o'clock of a weekday's morning in Toronto, after `now`.
///
/// Sandboxes of tests go on from there: the development stack's schedules, which stop what it has
/// at night and at weekends, come due ten hours later, whenever the test runs.
///
/// # Panics
/// The time zone is not known here, or time ends.
#[must_use]
pub fn business_hours(now: Timestamp) -> Timestamp {
    let here = now.in_tz("America/Toronto").expect("a known time zone");
    let today = here.date();
    let mornings = (0..=4).map(|days| {
        let day = today.checked_add(days.days()).expect("time goes on");
        let morning = day.at(10, 0, 0, 0).to_zoned(here.time_zone().clone());
        morning.expect("time goes on")
    });
    let is_next = |morning: &jiff::Zoned| {
        let is_weekend = [Weekday::Saturday, Weekday::Sunday].contains(&morning.weekday());
        !is_weekend && morning.timestamp() > now
    };
    let next = mornings.into_iter().find(is_next);
    next.expect("a weekday comes within four days").timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_morning_is_a_weekdays() {
        let cases = [
            // Monday in Toronto, also where it is Tuesday in Greenwich.
            ("2026-11-23T08:00:00Z", "2026-11-23T15:00:00Z"),
            ("2026-11-24T04:00:00Z", "2026-11-24T15:00:00Z"),
            // Friday at eleven, and Saturday.
            ("2026-11-27T16:00:00Z", "2026-11-30T15:00:00Z"),
            ("2026-11-28T12:00:00Z", "2026-11-30T15:00:00Z"),
            // Summer time, and into it.
            ("2026-07-01T13:00:00Z", "2026-07-01T14:00:00Z"),
            ("2027-03-13T12:00:00Z", "2027-03-15T14:00:00Z"),
        ];
        for (now, morning) in cases {
            let now = now.parse().expect("a time");
            assert_eq!(business_hours(now).to_string(), morning, "{now}");
        }
    }
}
