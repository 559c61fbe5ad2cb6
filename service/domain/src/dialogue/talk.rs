//! A step in progress: the call, what is true outside, and what is going to be said.

use jiff::{Timestamp, Zoned};

use super::call::{Aim, Lead, NumberState, Pending};
use super::{Call, CallerId, Desk, Effect, Ending, Expect, Next, Reply, Step, Then, Turn};
use crate::booking::CallSid;
use crate::prompts::{self, Prompt};

pub(super) struct Talk<'a> {
    pub(super) call: Call,
    pub(super) desk: &'a Desk<'a>,
    pub(super) lines: Vec<String>,
}

impl<'a> Talk<'a> {
    pub(super) fn resume(mut call: Call, desk: &'a Desk<'a>) -> Self {
        let lines = std::mem::take(&mut call.lead.0);
        Self { call, desk, lines }
    }

    pub(super) fn answered(mut self, from: CallerId) -> Turn {
        if self.call.step != Step::Ringing || self.call.pending.is_some() {
            return self.again();
        }
        self.call.mobile = from
            .number()
            .filter(|mobile| mobile.e164().starts_with("+1"))
            .cloned();
        self.call.caller = from;
        match self.call.caller.number() {
            Some(mobile) if self.desk.recognise_callers => {
                let mobile = mobile.clone();
                self.act(Pending::Greet, Effect::LookUp { mobile })
            }
            _ => self.greet(),
        }
    }

    pub(super) fn greet(mut self) -> Turn {
        self.call.step = Step::Name;
        self.say(prompts::GREETING)
            .reply(Then::Listen(Expect::Name))
    }

    pub(super) fn rejoined(mut self, call: CallSid) -> Turn {
        self.call.sid = call;
        self.call.pending = None;
        self.again()
    }

    pub(super) fn digits(self, digits: &str) -> Turn {
        let _ = digits;
        self.failed()
    }

    pub(super) fn dial_ended(self, answered: bool) -> Turn {
        let _ = answered;
        self.end(Ending::Operator, prompts::GOODBYE)
    }

    /// The caller was not understood.
    pub(super) fn failed(mut self) -> Turn {
        self.call.failures = self.call.failures.saturating_add(1);
        let prompt = match self.call.failures {
            1 => prompts::FAILURE_1,
            2 => prompts::FAILURE_2,
            _ => return self.give_up(),
        };
        self.say(prompt).again()
    }

    fn give_up(mut self) -> Turn {
        match self.desk.transfer.clone() {
            Some(office) => {
                self.call.step = Step::Ended(Ending::GaveUp);
                self.say(prompts::FAILURE_3).reply(Then::Dial(office))
            }
            None => self.end(Ending::GaveUp, prompts::GOODBYE),
        }
    }

    pub(super) fn say(mut self, prompt: Prompt) -> Self {
        self.lines.push(prompt.say());
        self
    }

    pub(super) fn say_with(mut self, prompt: Prompt, values: &[(&str, &str)]) -> Self {
        self.lines.push(prompt.with(values));
        self
    }

    pub(super) fn end(mut self, ending: Ending, prompt: Prompt) -> Turn {
        self.call.step = Step::Ended(ending);
        self.say(prompt).reply(Then::HangUp)
    }

    pub(super) fn reply(mut self, then: Then) -> Turn {
        self.call.turn = self.call.turn.saturating_add(1);
        self.call.pending = None;
        Turn {
            call: self.call,
            next: Next::Say(Reply {
                lines: self.lines,
                then,
            }),
        }
    }

    pub(super) fn act(mut self, pending: Pending, effect: Effect) -> Turn {
        self.call.pending = Some(pending);
        self.call.lead = Lead(self.lines);
        Turn {
            call: self.call,
            next: Next::Do(effect),
        }
    }

    pub(super) fn zoned(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.desk.rules.zone.clone())
    }

    pub(super) fn for_move(&self) -> bool {
        matches!(self.call.aim, Aim::Move(_))
    }

    pub(super) fn number_is_told(&self) -> bool {
        self.call.number == NumberState::Told
    }
}
