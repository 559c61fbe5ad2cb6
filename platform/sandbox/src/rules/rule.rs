use std::fmt;
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
