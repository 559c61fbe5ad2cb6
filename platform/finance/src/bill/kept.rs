//! What was asked of Cost Explorer and answered, in a form to be kept.

use std::io;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Archive;

/// Requests to Cost Explorer in 24 hours, before what is kept has to do.
pub const A_DAY: usize = 4;

/// What AWS expects of the rest of a month, US dollars, for all stacks together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// As expected.
    pub mean: Decimal,
    /// With four chances of five not less.
    pub low: Option<Decimal>,
    /// With four chances of five not more.
    pub high: Option<Decimal>,
}

/// What was asked and answered, of one account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The bill's days.
    pub archive: Archive,
    /// When requests were made, of the last 24 hours' at least.
    #[serde(default)]
    pub asked: Vec<Timestamp>,
    /// The last forecast, and the day on which it was made.
    #[serde(default)]
    pub forecast: Option<(Date, Expected)>,
    /// The state of the stacks' tag, when it was asked for last.
    #[serde(default)]
    pub tag: Option<String>,
}

impl Kept {
    /// Reads what [`Kept::write`] wrote. Two years of 200 stacks are 60 MB of text, of which a part at a time is held.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn read(from: &mut dyn io::Read) -> serde_json::Result<Self> {
        serde_json::from_reader(io::BufReader::with_capacity(1 << 18, from))
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut to = io::BufWriter::with_capacity(1 << 18, to);
        serde_json::to_writer(&mut to, self)?;
        io::Write::flush(&mut to)
    }

    /// How many requests may still be made.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> usize {
        A_DAY.saturating_sub(self.today(now))
    }

    /// How many requests were made in the 24 hours before.
    #[must_use]
    pub fn today(&self, now: Timestamp) -> usize {
        let since = now - SignedDuration::from_hours(24);
        self.asked.iter().filter(|at| **at > since).count()
    }

    /// Notes requests, and forgets those of more than 24 hours ago.
    pub fn note(&mut self, now: Timestamp, requests: u32) {
        let since = now - SignedDuration::from_hours(24);
        self.asked.retain(|at| *at > since);
        self.asked.extend((0..requests).map(|_| now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_requests_a_day_and_no_more() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        let mut kept = Kept::default();
        kept.note(at("2026-11-20T06:00:00Z"), 3);
        assert_eq!(kept.left(at("2026-11-20T07:00:00Z")), 1);
        kept.note(at("2026-11-20T08:00:00Z"), 2);
        assert_eq!(kept.left(at("2026-11-20T09:00:00Z")), 0);
        assert_eq!(
            kept.left(at("2026-11-21T07:00:00Z")),
            2,
            "the first three are a day ago"
        );
        let mut text = Vec::new();
        kept.write(&mut text).expect("it is written");
        assert_eq!(Kept::read(&mut text.as_slice()).expect("it is read"), kept);
        assert!(Kept::read(&mut &text[..text.len() / 2]).is_err());
    }
}
