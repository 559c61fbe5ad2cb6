use std::time::Duration;

use crate::temper::Dice;

/// The standard normal distribution's 99th percentile.
const Z_99: f64 = 2.326_347_874;
/// No answer is later than that, whatever the dice say.
const LONGEST_MS: f64 = 300_000.0;

/// A delay from the log-normal distribution, as network and server latencies have it, of that median and 99th
/// percentile in milliseconds.
pub(super) fn delay(dice: Dice, median_ms: u64, p99_ms: u64) -> Duration {
    let median = to_f64(median_ms.max(1));
    let sigma = (to_f64(p99_ms.max(median_ms).max(1)) / median).ln() / Z_99;
    let (radius, angle) = (dice.number(0), dice.number(1));
    // Box and Muller's transform; the logarithm of nothing is not asked for.
    let normal = (-2.0 * (1.0 - radius).max(f64::MIN_POSITIVE).ln()).sqrt()
        * (angle * std::f64::consts::TAU).cos();
    let ms = (median * (sigma * normal).exp()).min(LONGEST_MS);
    Duration::from_secs_f64(ms / 1000.0)
}

fn to_f64(ms: u64) -> f64 {
    f64::from(u32::try_from(ms).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::delay;
    use crate::temper::Dice;

    #[test]
    fn median_and_tail_are_as_asked_for() {
        let mut all: Vec<Duration> = (0..10_000)
            .map(|nth| delay(Dice::of(7, &["a"], nth), 20, 200))
            .collect();
        all.sort_unstable();
        let (median, p99) = (all[5_000].as_millis(), all[9_900].as_millis());
        assert!((18..=22).contains(&median), "{median}");
        assert!((160..=240).contains(&p99), "{p99}");
    }
}
