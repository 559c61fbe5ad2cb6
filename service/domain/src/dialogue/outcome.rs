//! What came of an effect.

use jiff::{Timestamp, Zoned};

use super::call::{Aim, NumberState, Pending};
use super::talk::Talk;
use super::{Ending, Expect, Outcome, Step, Turn};
use crate::booking::KnownCaller;
use crate::prompts;
use crate::when::spoken;

impl Talk<'_> {
    /// Goes on with what the effect was for. An outcome that nobody waits for changes nothing.
    pub(super) fn outcome(mut self, outcome: Outcome) -> Turn {
        if let Some(ending) = self.call.ended() {
            return self.over(ending);
        }
        let Some(pending) = self.call.pending.take() else {
            return self.ask();
        };
        match pending {
            Pending::Greet => self.who(outcome).greet(),
            Pending::Wish(wish) => self.who(outcome).fulfil(wish),
            Pending::Resume => self.who(outcome).resumed(),
            Pending::Slot { start } => self.slot_is(start, outcome),
            Pending::Window { start, until } => self.window_is(start, until, outcome),
            Pending::Instead { asked } => self.instead(asked, outcome),
            Pending::Book => self.booking_is(outcome),
            Pending::Move => self.move_is(outcome),
            Pending::Cancel => self.cancel_is(outcome),
        }
    }

    fn who(mut self, outcome: Outcome) -> Self {
        if let Outcome::Caller(known) = outcome {
            self.call.looked_up = true;
            self.call.known = known;
        }
        self
    }

    /// The beginning of a call, once it is known whether the caller is.
    pub(super) fn greet(mut self) -> Turn {
        let known = self.call.known.clone();
        let Some(KnownCaller { name, next }) = known.filter(|_| self.desk.recognise_callers) else {
            self.call.step = Step::Name;
            return self.question(prompts::GREETING, Expect::Name);
        };
        let first = name.first().to_owned();
        self.call.name = Some(name);
        self.call.mobile = self.call.caller.number().cloned();
        self.call.number = NumberState::Told;
        self.call.step = Step::Time;
        let talk = self
            .say_with(prompts::GREETING_KNOWN, &[("name", &first)])
            .say(prompts::ASK_TIME);
        match next {
            Some(_) => talk.question(prompts::CAN_ALSO, Expect::Time),
            None => talk.listen(Expect::Time),
        }
    }

    /// After an interruption: the booking may have been made while the line was dead.
    fn resumed(self) -> Turn {
        let next = self
            .call
            .known
            .as_ref()
            .and_then(|known| known.next.clone());
        match (next, self.call.slot) {
            (Some(next), Some(slot)) if !self.is_move() && next.start.timestamp() == slot => {
                let time = spoken(&self.zoned(slot));
                self.say_with(prompts::BOOKED_BEFORE, &[("time", &time)])
                    .end(Ending::Booked)
            }
            _ => self.ask(),
        }
    }

    fn slot_is(mut self, start: Timestamp, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Taken { nearest } => {
                let asked = self.zoned(start);
                self.call.day = Some(asked.date());
                self.call.time = Some(asked.time());
                self.say(prompts::TAKEN).offer(nearest)
            }
            // Away: the booking itself is what decides.
            _ => self.agree(start),
        }
    }

    fn window_is(mut self, start: Timestamp, until: Timestamp, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Taken { nearest } => match nearest.first().map(Zoned::timestamp) {
                Some(first) if (start..until).contains(&first) => self.agree(first),
                _ => {
                    self.call.day = Some(self.zoned(start).date());
                    self.say(prompts::NOTHING_THEN).offer(nearest)
                }
            },
            _ => self.agree(start),
        }
    }

    fn instead(self, asked: Timestamp, outcome: Outcome) -> Turn {
        let nearest = match outcome {
            Outcome::Taken { nearest } => nearest,
            _ => {
                let rules = self.desk.rules;
                rules
                    .nearest(&self.zoned(asked), &self.desk.now)
                    .take(2)
                    .collect()
            }
        };
        self.offer(nearest)
    }

    /// A time that can be had is read back.
    pub(super) fn agree(mut self, start: Timestamp) -> Turn {
        self.forget_time();
        self.call.slot = Some(start);
        self.call.step = Step::Confirm;
        self.ask()
    }

    fn booking_is(mut self, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Booked { start } if Some(start) == self.call.slot => {
                self.say(prompts::BOOKED).end(Ending::Booked)
            }
            Outcome::Booked { start } => {
                self.call.slot = Some(start);
                let time = spoken(&self.zoned(start));
                self.say_with(prompts::BOOKED_BEFORE, &[("time", &time)])
                    .end(Ending::Booked)
            }
            Outcome::Queued => self.say(prompts::QUEUED).end(Ending::Queued),
            Outcome::Taken { nearest } => self.just_taken(nearest),
            // Taken, and given up again before the others were looked for.
            Outcome::Free => self.ask(),
            _ => self.say(prompts::NOT_BOOKED).hand_over(),
        }
    }

    fn just_taken(mut self, nearest: Vec<Zoned>) -> Turn {
        if let Some(asked) = self.slot() {
            self.call.day = Some(asked.date());
            self.call.time = Some(asked.time());
        }
        self.say(prompts::JUST_TAKEN).offer(nearest)
    }

    fn move_is(self, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Moved => {
                let time = self.slot().map(|slot| spoken(&slot)).unwrap_or_default();
                self.say_with(prompts::MOVED, &[("time", &time)])
                    .end(Ending::Moved)
            }
            Outcome::Taken { nearest } => self.just_taken(nearest),
            Outcome::Free => self.ask(),
            Outcome::Gone => self.gone(),
            _ => self.say(prompts::NOT_CHANGED).hand_over(),
        }
    }

    fn cancel_is(mut self, outcome: Outcome) -> Turn {
        match outcome {
            Outcome::Cancelled => {
                let time = self.next_start();
                self.call.done = Some(Ending::Cancelled);
                self = self.say_with(prompts::CANCELLED, &[("time", &time)]);
                self.without_next().anything_else()
            }
            Outcome::Gone => self.gone(),
            _ => self.say(prompts::NOT_CHANGED).hand_over(),
        }
    }

    fn gone(self) -> Turn {
        self.say(prompts::GONE).without_next().anything_else()
    }

    /// The next appointment is not there any more.
    fn without_next(mut self) -> Self {
        self.forget_time();
        self.call.aim = Aim::Book;
        if let Some(known) = &mut self.call.known {
            known.next = None;
        }
        self
    }

    pub(super) fn anything_else(mut self) -> Turn {
        self.call.failures = 0;
        self.call.step = Step::Another;
        self.ask()
    }
}
