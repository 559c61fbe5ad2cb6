//! Now.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system.
    System,
    /// `TEST_NOW`: always this moment.
    Frozen(Timestamp),
}

impl Clock {
    /// Now.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Frozen(moment) => moment,
        }
    }

    /// Now, on the wall clock of `zone`.
    pub fn now_in(self, zone: &TimeZone) -> Zoned {
        self.now().to_zoned(zone.clone())
    }
}
