//! Times of day as said, and which half of the day they mean.

use jiff::civil::Time;

use super::part::Part;
use crate::understood::{NotUnderstood, Understood};

/// Which half of the day the words give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// None: "at three".
    Open,
    /// A 24-hour clock: "14:30", noon.
    Whole,
    /// "a.m."
    Am,
    /// "p.m."
    Pm,
}

/// A time of day as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) half: Half,
    /// "Midnight" in words: said of today it is the coming one.
    pub(crate) midnight: bool,
}

impl Hour {
    pub(crate) fn open(hour: u32, minute: u32) -> Self {
        Self {
            hour,
            minute,
            half: Half::Open,
            midnight: false,
        }
    }

    pub(crate) fn whole(hour: u32, minute: u32) -> Self {
        Self {
            half: Half::Whole,
            ..Self::open(hour, minute)
        }
    }

    /// `minutes` before this hour.
    pub(crate) fn less(self, minutes: u32) -> Self {
        let hour = match (self.hour, self.half) {
            (0, _) => 23,
            (1, half) if half != Half::Whole => 12,
            (hour, _) => hour - 1,
        };
        // A quarter to noon is in the morning, a quarter to midnight in the evening.
        let half = match (self.hour, self.half) {
            (12, Half::Pm) => Half::Am,
            (12, Half::Am) => Half::Pm,
            (_, half) => half,
        };
        Self {
            hour,
            minute: 60 - minutes,
            half,
            midnight: false,
        }
    }

    /// The time of day, the part of the day it was said with deciding the half.
    ///
    /// # Errors
    /// There is no such time, or the part of the day is another.
    pub(crate) fn read(self, part: Option<Part>) -> Understood<Time> {
        let Self {
            hour, minute, half, ..
        } = self;
        let read = match half {
            Half::Whole => hour,
            Half::Am if hour > 12 => return Err(no_such_time()),
            Half::Pm if hour == 0 => return Err(no_such_time()),
            Half::Am => hour % 12,
            Half::Pm if hour < 12 => hour + 12,
            Half::Pm => hour,
            Half::Open => match part {
                Some(part) => part.hour(hour).ok_or_else(disagree)?,
                None => usual(hour),
            },
        };
        let time = time(read, minute)?;
        if part.is_some_and(|p| !p.allows(time)) {
            return Err(disagree());
        }
        Ok(time)
    }

    /// Every time of day the words can mean, the earlier first.
    pub(crate) fn readings(self, part: Option<Part>) -> Understood<Vec<Time>> {
        if self.half != Half::Open || self.hour > 12 || self.hour == 0 {
            return Ok(vec![self.read(part)?]);
        }
        Ok(vec![
            time(self.hour % 12, self.minute)?,
            time(self.hour % 12 + 12, self.minute)?,
        ])
    }
}

/// The rule for an hour without a half of the day: the one in which shops are open.
fn usual(hour: u32) -> u32 {
    match hour {
        1..=6 => hour + 12,
        _ => hour,
    }
}

fn time(hour: u32, minute: u32) -> Understood<Time> {
    match (i8::try_from(hour), i8::try_from(minute)) {
        (Ok(h), Ok(m)) => Time::new(h, m, 0, 0).map_err(|_| no_such_time()),
        _ => Err(no_such_time()),
    }
}

fn no_such_time() -> NotUnderstood {
    NotUnderstood::because("no such time")
}

fn disagree() -> NotUnderstood {
    NotUnderstood::because("the hour and the part of the day disagree")
}
