//! What was measured, and how much of it there is.

use super::series::Signal;
use std::collections::BTreeMap;

/// Days that are looked back on.
pub const DAYS: i64 = 7;
/// Seconds a value stands for.
///
/// CloudWatch keeps values of one minute for 15 days and of five minutes for 63, so a week has either;
/// five minutes are a fifth of the values, and one page of an answer holds a week of a stack.
pub const PERIOD_SECONDS: i64 = 300;

const DAY_SECONDS: i64 = 86_400;
const AN_HOUR: usize = 12;
/// Days with at least an hour of values without which nothing is advised.
const FEWEST_DAYS: usize = 3;
/// Hours of values without which nothing is advised.
const FEWEST_HOURS: usize = 24;

/// Values by what they measure and when, in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Week(BTreeMap<Signal, BTreeMap<i64, f64>>);

impl Week {
    /// Adds a value; of two for one time, as of two nodes of a cache, the greater stays.
    pub fn add(&mut self, signal: Signal, at: i64, value: f64) {
        if value.is_finite() {
            let known = self.0.entry(signal).or_default().entry(at).or_insert(value);
            *known = known.max(value);
        }
    }

    /// The values of these signals, or why they are too few to judge by.
    pub(super) fn spreads<const N: usize>(
        &self,
        signals: [Signal; N],
    ) -> Result<[Spread; N], String> {
        let found = signals.map(|signal| Spread::of(self.0.get(&signal)));
        let short = signals.iter().zip(&found).find_map(|(signal, spread)| {
            let short = spread.short_of()?;
            Some(format!("{short} ({signal})"))
        });
        short.map_or(Ok(found), Err)
    }
}

/// How the values of one signal lie.
#[derive(Debug, Clone)]
pub(super) struct Spread {
    sorted: Vec<f64>,
    days: usize,
}

impl Spread {
    fn of(values: Option<&BTreeMap<i64, f64>>) -> Self {
        let mut by_day: BTreeMap<i64, usize> = BTreeMap::new();
        let mut sorted = Vec::new();
        for (at, value) in values.into_iter().flatten() {
            *by_day.entry(at.div_euclid(DAY_SECONDS)).or_default() += 1;
            sorted.push(*value);
        }
        sorted.sort_by(f64::total_cmp);
        let days = by_day.values().filter(|count| **count >= AN_HOUR).count();
        Self { sorted, days }
    }

    /// The value that so many percent of all do not pass (nearest rank); 0 where there is none.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// Whole hours with values.
    pub(super) fn hours(&self) -> usize {
        self.sorted.len() / AN_HOUR
    }

    fn short_of(&self) -> Option<String> {
        if self.sorted.is_empty() {
            return Some(format!("no data in the last {DAYS} days"));
        }
        let enough = self.days >= FEWEST_DAYS && self.hours() >= FEWEST_HOURS;
        (!enough).then(|| {
            format!(
                "too little data: {} h on {} days; advice needs {FEWEST_HOURS} h on {FEWEST_DAYS} days",
                self.hours(),
                self.days
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(hours: i64, a_day: i64) -> Week {
        let mut week = Week::default();
        for hour in 0..hours {
            let start = (hour / a_day) * DAY_SECONDS + (hour % a_day) * 3_600;
            for slot in 0..12 {
                week.add(
                    Signal::TaskCpu,
                    start + slot * PERIOD_SECONDS,
                    hour as f64 + 1.0,
                );
            }
        }
        week
    }

    #[test]
    fn three_days_and_a_day_of_hours_are_needed() {
        let cases = [
            (0, 12, Some("no data in the last 7 days (CPU of the tasks)")),
            (
                24,
                12,
                Some(
                    "too little data: 24 h on 2 days; advice needs 24 h on 3 days (CPU of the tasks)",
                ),
            ),
            (
                21,
                7,
                Some(
                    "too little data: 21 h on 3 days; advice needs 24 h on 3 days (CPU of the tasks)",
                ),
            ),
            (24, 8, None),
            (168, 24, None),
        ];
        for (hours, a_day, expected) in cases {
            let found = filled(hours, a_day).spreads([Signal::TaskCpu]);
            assert_eq!(
                found.err().as_deref(),
                expected,
                "{hours} h, {a_day} h a day"
            );
        }
    }

    #[test]
    fn percentiles_are_nearest_ranks_of_the_hours_that_ran() {
        let [spread] = filled(100, 20)
            .spreads([Signal::TaskCpu])
            .expect("enough data");
        assert_eq!(spread.hours(), 100);
        let seen = [1, 50, 95, 99, 100].map(|percent| spread.percentile(percent));
        assert_eq!(seen, [1.0, 50.0, 95.0, 99.0, 100.0]);
    }

    #[test]
    fn of_two_values_for_one_time_the_greater_stays() {
        let mut week = filled(72, 24);
        week.add(Signal::TaskCpu, 0, 500.0);
        week.add(Signal::TaskCpu, 0, 2.0);
        week.add(Signal::TaskCpu, 300, f64::NAN);
        let [spread] = week.spreads([Signal::TaskCpu]).expect("enough data");
        assert_eq!(spread.percentile(100), 500.0);
        assert_eq!(spread.hours(), 72);
    }
}
