//! How long until the next try.

use std::time::Duration;

use rand::RngExt;

/// The pause after the first try; each later one is twice as long.
const FIRST: Duration = Duration::from_secs(4);

/// The longest pause.
const LONGEST: Duration = Duration::from_hours(1);

/// After so many tries, about two and a half hours, a text is given up.
const TRIES: u32 = 12;

/// A reminder is given up after so many, about half an hour: it goes out two hours before the appointment.
const TRIES_OF_REMINDER: u32 = 10;

/// How long to wait after the `attempt`th try, from half of the pause to all of it by chance so that many do not come back at
/// once; nothing when it was the last.
pub(super) fn after(kind: &str, attempt: u32) -> Option<Duration> {
    let tries = match kind {
        "reminder" => TRIES_OF_REMINDER,
        _ => TRIES,
    };
    (attempt < tries).then(|| pause(attempt).mul_f64(rand::rng().random_range(0.5..=1.0)))
}

fn pause(attempt: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    FIRST.saturating_mul(doubled).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let pauses: Vec<_> = (1..=12).map(|attempt| pause(attempt).as_secs()).collect();
        assert_eq!(
            pauses,
            [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]
        );
        for attempt in [1, 5, 11] {
            for _ in 0..100 {
                let chosen = after("confirmation", attempt).expect("is not the last");
                assert!((pause(attempt) / 2..=pause(attempt)).contains(&chosen));
            }
        }
        assert_eq!(after("confirmation", 12), None);
        assert_eq!(after("reminder", 10), None);
        assert_eq!(after("confirmation", u32::MAX), None);
    }
}
