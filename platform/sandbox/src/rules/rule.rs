use std::fmt;
use std::panic::Location;
use std::pin::Pin;

use super::turn::Turn;
use crate::gateway::{Answer, Call, NoAnswer};

/// What a rule's work comes to: an answer for the client, or why the emulator gave none.
pub(crate) type Outcome = Result<Answer, NoAnswer>;
pub(crate) type Work<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// One behaviour of AWS that the emulator lacks.
pub(crate) trait Rule: Sync {
    /// The behaviour, in words with hyphens; the call log names it.
    fn name(&self) -> &'static str;

    /// What AWS does and the emulator does not, for the page of behaviours.
    fn about(&self) -> About;

    /// True for the calls this rule stands around.
    fn applies(&self, call: &Call) -> bool;

    /// Carries out one call: `turn.pass()` is the emulator (and the rules further in), before and after which the
    /// rule does its part.
    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a>;
}

impl fmt::Debug for dyn Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a rule does to the emulator's behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Does {
    /// Answers what the emulator cannot.
    Fills,
    /// Refuses what AWS refuses and the emulator accepts.
    Refuses,
    /// Changes a request or an answer that the emulator gets wrong.
    Corrects,
}

/// What the page of behaviours says of a rule: one sentence on what AWS does, and the file that holds the rule, which
/// is the one that calls the constructor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) does: Does,
    pub(crate) says: &'static str,
    pub(crate) file: &'static str,
}

impl About {
    /// A rule that answers what the emulator cannot.
    #[track_caller]
    pub(crate) const fn fills(says: &'static str) -> Self {
        Self::new(Does::Fills, says, Location::caller())
    }

    /// A rule that refuses what AWS refuses and the emulator accepts.
    #[track_caller]
    pub(crate) const fn refuses(says: &'static str) -> Self {
        Self::new(Does::Refuses, says, Location::caller())
    }

    /// A rule that changes a request or an answer that the emulator gets wrong.
    #[track_caller]
    pub(crate) const fn corrects(says: &'static str) -> Self {
        Self::new(Does::Corrects, says, Location::caller())
    }

    const fn new(does: Does, says: &'static str, place: &'static Location<'static>) -> Self {
        Self {
            does,
            says,
            file: place.file(),
        }
    }
}
