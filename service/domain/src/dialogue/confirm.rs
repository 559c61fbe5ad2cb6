//! Answers to what was read back.

use super::call::{Aim, Pending, Wish};
use super::said::Said;
use super::talk::Talk;
use super::times::is_of;
use super::wish::said_without;
use super::{Effect, Step, Turn};
use crate::answer::Answer;
use crate::booking::NewBooking;
use crate::intent::Intent;
use crate::when::When;

impl Talk<'_> {
    /// Yes, no, or a correction. Only an unreserved yes that contradicts nothing books.
    pub(super) fn confirm_said(mut self, said: &Said<'_>) -> Turn {
        let answer = self.answer(said);
        let other_time = said
            .when
            .clone()
            .ok()
            .filter(|when| !self.is_read_back(when));
        if let Some(when) = other_time {
            self.take_time(when);
            return self.advance();
        }
        if answer == Answer::Yes && self.lets_book(said.intent) {
            return self.confirm();
        }
        if !self.is_move() {
            if let Ok(number) = said.number() {
                self.take_number(number);
                return self.advance();
            }
            if answer == Answer::No
                && let Some(heard) = said.plain_name()
            {
                self.call.name = Some(heard.name);
                return self.advance();
            }
        }
        if answer == Answer::No || matches!(said.intent, Some(Intent::Cancel | Intent::Move)) {
            return self.change();
        }
        self.no_time(said)
    }

    /// "Yes, move it" is a yes to moving.
    fn answer(&self, said: &Said<'_>) -> Answer {
        if self.is_move() {
            said_without(said.text, &["move", "change", "reschedule", "switch"])
        } else {
            said.answer
        }
    }

    fn lets_book(&self, intent: Option<Intent>) -> bool {
        match intent {
            None | Some(Intent::Goodbye) => true,
            Some(Intent::Move) => self.is_move(),
            Some(_) => false,
        }
    }

    fn is_read_back(&self, when: &When) -> bool {
        self.slot().is_some_and(|slot| is_of(when, &slot))
    }

    /// The caller said yes to the read-back.
    pub(super) fn confirm(self) -> Turn {
        let Some(slot) = self.slot() else {
            return self.advance();
        };
        if let Err(refusal) = self.desk.rules.check(&slot, &self.desk.now) {
            return self.refuse(&refusal, &slot, Some(slot.time()));
        }
        if let Aim::Move(appointment) = &self.call.aim {
            let appointment = appointment.id.clone();
            return self.act(
                Pending::Move,
                Effect::Move {
                    appointment,
                    to: slot,
                },
            );
        }
        let (Some(name), Some(mobile)) = (self.call.name.clone(), self.call.mobile.clone()) else {
            return self.advance();
        };
        let booking = NewBooking {
            call: self.call.sid.clone(),
            name,
            mobile,
            start: slot.timestamp(),
            minutes: self.desk.rules.slot_minutes(),
            test: self.desk.test_data,
        };
        self.act(Pending::Book, Effect::Book(booking))
    }

    /// The caller said no to the read-back, and not what is wrong.
    pub(super) fn change(mut self) -> Turn {
        self.call.failures = 0;
        if self.is_move() {
            self.forget_time();
            self.call.step = Step::Time;
        } else {
            self.call.step = Step::Change;
        }
        self.ask()
    }

    pub(super) fn change_said(mut self, said: &Said<'_>) -> Turn {
        if let Ok(when) = said.when.clone() {
            self.take_time(when);
            return self.advance();
        }
        if said.mentions(&["name", "spelling"]) {
            return self.correct_name(said);
        }
        if said.mentions(&["number", "phone", "mobile", "cell"]) || said.number().is_ok() {
            return self.correct_number(said);
        }
        if said.mentions(&["time", "day", "date", "hour", "when"])
            || said.intent == Some(Intent::Move)
        {
            self.forget_time();
            return self.advance();
        }
        if let Some(heard) = said.plain_name() {
            self.call.name = Some(heard.name);
            return self.advance();
        }
        match said.answer {
            // Whatever they agree to, it is read back again before it is booked.
            Answer::Yes => self.advance(),
            Answer::No => self.goodbye(),
            Answer::Unclear => self.no_time(said),
        }
    }

    pub(super) fn cancel_said(self, said: &Said<'_>) -> Turn {
        if said.intent == Some(Intent::Help) {
            return self.help();
        }
        self.cancel_check(said.text)
    }

    /// After something was done: another appointment, or goodbye.
    pub(super) fn another_said(mut self, said: &Said<'_>) -> Turn {
        self.call.aim = Aim::Book;
        if let Ok(when) = said.when.clone() {
            self.take_time(when);
            return self.advance();
        }
        match said.answer {
            Answer::Yes => {
                self.forget_time();
                self.advance()
            }
            Answer::No => self.goodbye(),
            Answer::Unclear if said.mentions(&["book", "another", "new"]) => self.advance(),
            Answer::Unclear => self.not_an_answer(said),
        }
    }

    /// "Move it to Friday at three", with the new time or without.
    pub(super) fn wish_to_move(mut self, said: &Said<'_>) -> Turn {
        self.forget_time();
        if let Ok(when) = said.when.clone() {
            self.take_time(when);
        }
        self.wish(Wish::Move)
    }
}
