//! A step in progress: the call, what is true outside, and what is going to be said.

use jiff::{Timestamp, Zoned};

use super::call::{Aim, Lead, Pending};
use super::{Call, Desk, Effect, Ending, Next, Reply, Step, Then, Turn};
use crate::prompts::{self, Prompt};
use crate::when::Clock;

/// After how many replies a call that still has an open question goes to the office: a usual one has four.
pub const MAX_TURNS: u32 = 40;

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

    /// Forgets an effect whose outcome never came.
    pub(super) fn without_effect(mut self) -> Self {
        if self.call.pending.take().is_some() {
            self.lines.clear();
        }
        self
    }

    pub(super) fn say(mut self, prompt: Prompt) -> Self {
        self.lines.push(prompt.say());
        self
    }

    pub(super) fn say_with(mut self, prompt: Prompt, values: &[(&str, &str)]) -> Self {
        self.lines.push(prompt.with(values));
        self
    }

    /// Answers the webhook.
    pub(super) fn reply(mut self, then: Then) -> Turn {
        if matches!(then, Then::Listen(_)) && self.call.turn + 1 >= MAX_TURNS {
            self.lines.clear();
            return self.give_up();
        }
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

    /// Asks for an effect; what was going to be said is said with what comes of it.
    pub(super) fn act(mut self, pending: Pending, effect: Effect) -> Turn {
        self.call.pending = Some(pending);
        self.call.lead = Lead(self.lines);
        Turn {
            call: self.call,
            next: Next::Do(effect),
        }
    }

    pub(super) fn end(mut self, ending: Ending) -> Turn {
        self.call.step = Step::Ended(ending);
        self.reply(Then::HangUp)
    }

    /// The office, after the three failures that the caller can stand.
    pub(super) fn give_up(self) -> Turn {
        match self.desk.transfer {
            Some(_) => self.say(prompts::FAILURE_3).connect(Ending::GaveUp),
            None => self.say(prompts::FAILURE_3_NO_OFFICE).end(Ending::GaveUp),
        }
    }

    /// The office, because what the caller wants cannot be done here.
    pub(super) fn hand_over(self) -> Turn {
        match self.desk.transfer {
            Some(_) => self.say(prompts::CONNECT).connect(Ending::GaveUp),
            None => self.say(prompts::CALL_AGAIN).end(Ending::GaveUp),
        }
    }

    /// Connects to the office; hangs up where there is none.
    pub(super) fn connect(mut self, ending: Ending) -> Turn {
        self.call.step = Step::Ended(ending);
        let then = self.desk.transfer.clone().map_or(Then::HangUp, Then::Dial);
        self.reply(then)
    }

    /// The answer to whatever comes after the end: it changes nothing.
    pub(super) fn over(self, ending: Ending) -> Turn {
        let prompt = match ending {
            Ending::Booked => prompts::BOOKED,
            Ending::Queued => prompts::QUEUED,
            _ => prompts::GOODBYE,
        };
        self.unchanged(prompt)
    }

    pub(super) fn unchanged(self, prompt: Prompt) -> Turn {
        Turn {
            call: self.call,
            next: Next::Say(Reply {
                lines: vec![prompt.say()],
                then: Then::HangUp,
            }),
        }
    }

    pub(super) fn zoned(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.desk.rules.zone.clone())
    }

    /// The slot, in the zone of the business.
    pub(super) fn slot(&self) -> Option<Zoned> {
        self.call.slot.map(|slot| self.zoned(slot))
    }

    /// What spoken times are read against.
    pub(super) fn clock(&self) -> Clock {
        let offered = self.call.offers.first().map(|offer| self.zoned(*offer));
        let moved = match &self.call.aim {
            Aim::Move(appointment) => Some(appointment.start.clone()),
            Aim::Book => None,
        };
        Clock {
            now: self.desk.now.clone(),
            anchor: self.slot().or(offered).or(moved),
        }
    }

    pub(super) fn is_move(&self) -> bool {
        matches!(self.call.aim, Aim::Move(_))
    }
}
