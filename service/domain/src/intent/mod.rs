//! What a caller can ask for at any step of the dialogue.
//!
//! - [`pattern`]: phrases with gaps, over words with contractions written out
//! - [`phrases`]: what is said for each wish
//! - [`rule`]: when these phrases hold, and when not

mod pattern;
mod phrases;
mod rule;

use crate::words;
use pattern::Said;

/// A wish that does not answer the question at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// To know what can be said.
    Help,
    /// To hear the last prompt again.
    Repeat,
    /// To speak to a person.
    Operator,
    /// To end the call: "goodbye", "never mind".
    Goodbye,
    /// To begin the dialogue again.
    StartOver,
    /// To be called under another number.
    CorrectNumber,
    /// To be called by another name; the new one may be in the same words, for [`crate::name`] to find.
    CorrectName,
    /// To cancel an appointment.
    Cancel,
    /// To move an appointment to another time.
    Move,
    /// To hear when the appointment is.
    Hear,
}

/// What a caller's words ask for, apart from the question at hand.
///
/// Anything that reads as a new booking, a time to book, a name or a number is no intent: "can you help me book an
/// appointment tomorrow", "what about Friday", "Agent Smith". The dialogue therefore asks in this order: at the name,
/// number and time steps first this function, then the step's own reading, except that a time found by
/// [`crate::when`] goes before [`Intent::Help`] and [`Intent::Repeat`]; at a yes-or-no step a yes or no by
/// [`crate::answer`] goes before [`Intent::Cancel`], [`Intent::Goodbye`] and [`Intent::Repeat`] ("cancel" and "never
/// mind" are a no there), all others before it. Where several are asked for, a person goes first, then cancelling
/// and moving, so that "help, cancel my appointment" cancels.
pub fn understand(text: &str) -> Option<Intent> {
    let words = words::written_out(words::words(text));
    let said = Said::new(&words);
    if said.is_empty() {
        return None;
    }
    rule::RULES
        .iter()
        .find(|(_, rule)| rule(&said))
        .map(|(intent, _)| *intent)
}
