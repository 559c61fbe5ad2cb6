//! Calls that start in each minute.

use crate::generator::Generator;

const HOUR: usize = 60;
const DAY: usize = 24 * HOUR;
/// A month is 30 days here, which begin on a Monday.
const MONTH: usize = 30 * DAY;

/// Of 100 calls of a weekday, those that begin in each hour: an office is called in the morning and after lunch.
const WEEKDAY: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.5, 6.0, 12.0, 13.0, 11.0, 8.0, 9.0, 10.5, 10.0, 8.0, 5.0,
    2.5, 1.5, 1.0, 0.5, 0.0, 0.0,
];
/// Calls of a Saturday or Sunday, for one of a weekday.
const WEEKEND: f64 = 0.15;

/// Calls that start in each minute, from the first minute of a Monday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub(crate) name: String,
    pub(crate) calls: Vec<u32>,
}

/// A trace cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// A line is no number of calls.
    #[error("line {line} is `{text}`, not the number of calls that start in that minute")]
    NotANumber {
        /// Its number, from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// There is no minute in it.
    #[error("it has no line with a number of calls")]
    Empty,
}

impl Trace {
    /// A month with about this many calls, by weekday and hour as an office gets them, by chance and the same every time.
    #[must_use]
    pub fn month(calls: u32) -> Self {
        let mut chance = Generator::new(u64::from(calls));
        let weights: Vec<f64> = (0..MONTH).map(weight).collect();
        let whole: f64 = weights.iter().sum();
        let mean = |weight: f64| f64::from(calls) * weight / whole;
        Self {
            name: format!("{calls} calls a month"),
            calls: weights
                .into_iter()
                .map(|weight| chance.poisson(mean(weight)))
                .collect(),
        }
    }

    /// The same with `more` calls a minute for half an hour, from 10:00 on the second Tuesday: a radio advertisement, or the phone of a
    /// neighbour that is redirected.
    #[must_use]
    pub fn with_spike(mut self, more: u32) -> Self {
        let from = 8 * DAY + 10 * HOUR;
        for calls in self.calls.iter_mut().skip(from).take(30) {
            *calls += more;
        }
        self.name = format!("{}, once {more} a minute more", self.name);
        self
    }

    /// A trace that somebody recorded: one number a line, the calls of a minute; empty lines and what follows `#` count for nothing.
    ///
    /// # Errors
    /// A line is something else, or there is none.
    pub fn parse(name: &str, text: &str) -> Result<Self, TraceError> {
        let mut calls = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let said = line.split('#').next().unwrap_or_default().trim();
            if said.is_empty() {
                continue;
            }
            let number = said.parse().map_err(|_| TraceError::NotANumber {
                line: at + 1,
                text: said.to_owned(),
            })?;
            calls.push(number);
        }
        if calls.is_empty() {
            return Err(TraceError::Empty);
        }
        Ok(Self {
            name: name.to_owned(),
            calls,
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All of its calls.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.calls.iter().map(|calls| u64::from(*calls)).sum()
    }

    /// Its minutes.
    #[must_use]
    pub fn minutes(&self) -> usize {
        self.calls.len()
    }
}

fn weight(minute: usize) -> f64 {
    let hour = WEEKDAY[minute % DAY / HOUR];
    match minute / DAY % 7 {
        5 | 6 => hour * WEEKEND,
        _ => hour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_the_calls_it_is_named_after() {
        for calls in [1_000, 10_000, 100_000] {
            let trace = Trace::month(calls);
            let total = f64::from(u32::try_from(trace.total()).expect("fits"));
            let off = (total / f64::from(calls) - 1.0).abs();
            assert!(off < 0.05, "{total} of {calls}");
            assert_eq!(trace, Trace::month(calls));
            assert_eq!(trace.calls[3 * HOUR], 0, "nobody calls at three");
        }
        let plain = Trace::month(1_000);
        let spike = Trace::month(1_000).with_spike(40);
        assert_eq!(spike.total(), plain.total() + 30 * 40);
    }

    #[test]
    fn a_recorded_trace_is_read_or_said_to_be_none() {
        let read = Trace::parse("mine", "# calls\n1\n\n 20 # lunch\n").expect("is one");
        assert_eq!(read.calls, [1, 20]);
        let bad = Trace::parse("mine", "1\n-2\n").expect_err("is none");
        assert_eq!(
            bad.to_string(),
            "line 2 is `-2`, not the number of calls that start in that minute"
        );
        assert_eq!(Trace::parse("mine", "# none\n"), Err(TraceError::Empty));
    }
}
