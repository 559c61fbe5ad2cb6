//! What can be said at any time, and what happens when nothing is understood.

use super::call::{Aim, NumberState};
use super::talk::Talk;
use super::{CallerId, Ending, Expect, Step, Turn};
use crate::phone::Region;
use crate::prompts;

/// The failure in a row that leads to the office.
const LAST_FAILURE: u8 = 3;

impl Talk<'_> {
    /// The caller said nothing. After all is done that is a goodbye.
    pub(super) fn silent(self) -> Turn {
        match self.call.step {
            Step::Ended(ending) => self.over(ending),
            Step::Another => self.goodbye(),
            _ => self.without_effect().failed(),
        }
    }

    /// The caller was not understood.
    pub(super) fn failed(self) -> Turn {
        self.failed_because(None)
    }

    /// The caller was not understood, and it can be said why.
    pub(super) fn failed_because(mut self, why: Option<prompts::Prompt>) -> Turn {
        self.call.failures = self.call.failures.saturating_add(1);
        if self.call.failures >= LAST_FAILURE {
            self.lines.clear();
            return self.give_up();
        }
        let prompt = match self.call.failures {
            1 => prompts::FAILURE_1,
            _ => prompts::FAILURE_2,
        };
        self.say(why.unwrap_or(prompt)).ask()
    }

    pub(super) fn operator(self) -> Turn {
        match self.desk.transfer {
            Some(_) => self.say(prompts::OPERATOR).connect(Ending::Operator),
            None => self.say(prompts::NO_OPERATOR).ask(),
        }
    }

    pub(super) fn goodbye(self) -> Turn {
        if let Some(done) = self.call.done {
            return self.say(prompts::GOODBYE).end(done);
        }
        let call = &self.call;
        let asked_for_one = call.slot.is_some()
            || call.wanted.is_some()
            || call.day.is_some()
            || call.time.is_some()
            || !call.offers.is_empty();
        let prompt = if asked_for_one && !self.is_move() {
            prompts::GOODBYE_UNBOOKED
        } else {
            prompts::GOODBYE
        };
        self.say(prompt).end(Ending::Goodbye)
    }

    pub(super) fn help(self) -> Turn {
        let talk = match self.call.step {
            Step::Ringing | Step::Name => self.say(prompts::HELP_NAME),
            Step::Number => self.say(prompts::HELP_NUMBER),
            Step::Time | Step::Change => self.say(prompts::HELP_TIME),
            Step::Offer => self.say(prompts::HELP_OFFER),
            Step::Another => self.say(prompts::WHAT_ELSE),
            _ => self.say(prompts::HELP_YES_NO),
        };
        talk.ask()
    }

    pub(super) fn start_over(mut self) -> Turn {
        self.forget_time();
        let call = &mut self.call;
        call.failures = 0;
        call.aim = Aim::Book;
        call.name = None;
        call.name_doubtful = false;
        call.number = NumberState::Untold;
        call.mobile = call
            .caller
            .number()
            .filter(|mobile| mobile.region() == Region::NorthAmerica)
            .cloned();
        call.step = Step::Name;
        self.question(prompts::START_OVER, Expect::Name)
    }

    /// The call to the office is over, or nobody took it.
    pub(super) fn dial_ended(self, answered: bool) -> Turn {
        match self.call.step {
            Step::Ended(Ending::Operator | Ending::GaveUp) if !answered => {
                self.unchanged(prompts::OFFICE_BUSY)
            }
            Step::Ended(_) => self.unchanged(prompts::GOODBYE),
            _ => self.without_effect().ask(),
        }
    }

    /// Whether the caller can be found in the appointment book: only by the number that calls, never by one that is
    /// said.
    pub(super) fn caller_number(&self) -> Option<&crate::phone::Mobile> {
        match &self.call.caller {
            CallerId::Number(mobile) => Some(mobile),
            CallerId::Hidden => None,
        }
    }
}
