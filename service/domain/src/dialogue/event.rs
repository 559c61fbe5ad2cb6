//! What can happen in a call.

use std::fmt;

use jiff::{Timestamp, Zoned};

use super::CallerId;
use crate::booking::{CallSid, KnownCaller};

/// What happened.
#[derive(Clone, PartialEq)]
pub enum Event {
    /// The call began. In the middle of a call it changes nothing: the open question is asked again.
    Answered {
        /// Who calls.
        from: CallerId,
    },
    /// A caller whose call was cut off calls again; the call given to the step is the one that was cut off.
    Rejoined {
        /// The new call, which goes on as the old one.
        call: CallSid,
    },
    /// The caller spoke.
    Heard {
        /// What was understood, as Twilio or Whisper wrote it down; blank is silence.
        text: String,
        /// How sure the recogniser is, 0 to 1, when it said so.
        confidence: Option<f32>,
    },
    /// The caller pressed keys.
    Digits(String),
    /// The caller said nothing.
    Silence,
    /// The effect that the step before asked for was carried out.
    Outcome(Outcome),
    /// The call to the office is over, or was not taken.
    DialEnded {
        /// Whether somebody took it.
        answered: bool,
    },
}

/// Tells what kind of event it is, not what the caller said.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { .. } => f.write_str("Answered"),
            Self::Rejoined { call } => write!(f, "Rejoined({call})"),
            Self::Heard { text, confidence } => {
                write!(
                    f,
                    "Heard({} characters, {confidence:?})",
                    text.chars().count()
                )
            }
            Self::Digits(digits) => write!(f, "Digits({})", digits.len()),
            Self::Silence => f.write_str("Silence"),
            Self::Outcome(outcome) => write!(f, "Outcome({outcome:?})"),
            Self::DialEnded { answered } => write!(f, "DialEnded({answered})"),
        }
    }
}

/// What came of an effect. [`Outcome::Away`] answers any of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// `LookUp`: who has the number; nobody, when it is not known.
    Caller(Option<KnownCaller>),
    /// `FindSlot`: it is free.
    Free,
    /// `FindSlot`, `Book` or `Move`: it cannot be had.
    Taken {
        /// The best two that can, best first; fewer when there are not as many.
        nearest: Vec<Zoned>,
    },
    /// `Book`: it is made.
    Booked {
        /// Its beginning: the same as asked for, unless this call had booked before.
        start: Timestamp,
    },
    /// `Book`: the database is away; the booking waits in a store that outlives this process.
    Queued,
    /// `Move`: done.
    Moved,
    /// `Cancel`: done.
    Cancelled,
    /// `Move` or `Cancel`: the appointment is not there any more.
    Gone,
    /// Nobody can be asked; for `Book`: and the booking could not be put anywhere.
    Away,
}
