//! What is to be done or said.

use std::fmt;

use jiff::Zoned;
use serde::{Deserialize, Serialize};

use super::Call;
use crate::booking::{AppointmentId, NewBooking};
use crate::phone::Mobile;

/// What came of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The call from now on.
    pub call: Call,
    /// What is to be done or said.
    pub next: Next,
}

/// What a step asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Carry this out, and say what came of it by [`super::Event::Outcome`].
    Do(Effect),
    /// Answer the webhook.
    Say(Reply),
}

/// Something that only the world outside can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Find out whose number it is.
    LookUp {
        /// The number that calls.
        mobile: Mobile,
    },
    /// Find out whether a slot is free, and which are instead: ask for the two best of [`crate::slot::candidates`]
    /// that are, and give the answer to [`crate::slot::found`].
    FindSlot {
        /// The slot.
        start: Zoned,
        /// When any slot from `start` to before this will do.
        until: Option<Zoned>,
        /// Its length.
        minutes: u16,
    },
    /// Make an appointment.
    Book(NewBooking),
    /// Move an appointment.
    Move {
        /// Which one.
        appointment: AppointmentId,
        /// Where to.
        to: Zoned,
    },
    /// Cancel an appointment.
    Cancel {
        /// Which one.
        appointment: AppointmentId,
    },
}

/// What the caller is told, and what comes then.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Sentences, at least one, none empty; plain text that a renderer has to escape.
    pub lines: Vec<String>,
    /// What comes then.
    pub then: Then,
}

/// What comes after the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    /// The caller answers.
    Listen(Expect),
    /// The call ends.
    HangUp,
    /// The caller is connected.
    Dial(Mobile),
}

/// What kind of answer is expected: it decides on hints for the recogniser and on how many keys to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// A name.
    Name,
    /// A telephone number, spoken or typed.
    Number,
    /// A day, a time, or both.
    Time,
    /// One of the times that were offered.
    Offer,
    /// Yes or no.
    YesNo,
}

impl Expect {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::Number,
        Self::Time,
        Self::Offer,
        Self::YesNo,
    ];
}

/// Tells how much is said, not what: names and numbers are read back in it.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} lines, {:?})", self.lines.len(), self.then)
    }
}
