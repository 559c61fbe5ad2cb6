//! What the caller said, for the open question.

use std::ops::ControlFlow;

use super::call::Wish;
use super::said::Said;
use super::talk::Talk;
use super::{Step, Turn};
use crate::answer::Answer;
use crate::intent::Intent;
use crate::prompts;

impl Talk<'_> {
    pub(super) fn heard(self, text: &str, confidence: Option<f32>) -> Turn {
        if let Some(ending) = self.call.ended() {
            return self.over(ending);
        }
        if !text.chars().any(char::is_alphanumeric) {
            return self.silent();
        }
        let talk = self.without_effect();
        let said = Said::read(text, confidence, &talk);
        match talk.at_any_time(&said) {
            ControlFlow::Break(turn) => turn,
            ControlFlow::Continue(talk) => match talk.asked_back(&said) {
                ControlFlow::Break(turn) => turn,
                ControlFlow::Continue(talk) => talk.for_step(&said),
            },
        }
    }

    fn for_step(self, said: &Said<'_>) -> Turn {
        match self.call.step {
            Step::Ringing | Step::Name => self.name_said(said),
            Step::NameCheck => self.name_checked(said),
            Step::Number => self.number_said(said),
            Step::NumberCheck => self.number_checked(said),
            Step::Time => self.time_said(said),
            Step::Offer => self.offer_said(said),
            Step::Confirm => self.confirm_said(said),
            Step::Change => self.change_said(said),
            Step::CancelCheck => self.cancel_said(said),
            Step::Another => self.another_said(said),
            Step::Ended(ending) => self.over(ending),
        }
    }

    /// What can be said whatever was asked. A person goes before everything; a clear answer to a question, and a time,
    /// before what could be either.
    fn at_any_time(self, said: &Said<'_>) -> ControlFlow<Turn, Self> {
        let step = self.call.step;
        let Some(intent) = said.intent else {
            return match said.wish().filter(|_| self.may_mean_the_next()) {
                Some(Wish::Move) => ControlFlow::Break(self.wish_to_move(said)),
                Some(wish) => ControlFlow::Break(self.wish(wish)),
                None => ControlFlow::Continue(self),
            };
        };
        let answered = self.at_question() && said.answer != Answer::Unclear;
        let turn = match intent {
            Intent::Operator => self.operator(),
            Intent::StartOver => self.start_over(),
            Intent::Repeat if said.when.is_err() && !answered => self.ask(),
            Intent::Goodbye if !answered || said.says_farewell() => self.goodbye(),
            Intent::CorrectNumber if step != Step::Number && !self.is_move() => {
                self.correct_number(said)
            }
            Intent::CorrectName if step != Step::Name && !self.is_move() => self.correct_name(said),
            Intent::Hear if step == Step::Confirm => self.ask(),
            Intent::Hear => self.wish(Wish::Hear),
            Intent::Cancel if !self.at_question() && step != Step::Change => {
                self.wish(Wish::Cancel)
            }
            Intent::Move if !matches!(step, Step::Confirm | Step::Change) => {
                self.wish_to_move(said)
            }
            _ => return ControlFlow::Continue(self),
        };
        ControlFlow::Break(turn)
    }

    /// Whether "it" is the appointment that the caller has.
    fn may_mean_the_next(&self) -> bool {
        let has_next = self
            .call
            .known
            .as_ref()
            .is_some_and(|known| known.next.is_some());
        has_next && !self.is_move() && matches!(self.call.step, Step::Time | Step::Another)
    }

    /// Whether the open question is one for yes or no.
    pub(super) fn at_question(&self) -> bool {
        match self.call.step {
            Step::NameCheck | Step::NumberCheck | Step::Confirm | Step::CancelCheck => true,
            Step::Offer => self.call.offers.len() == 1,
            _ => false,
        }
    }

    /// Whether the open question is what one asks to book with.
    fn is_open(&self) -> bool {
        matches!(
            self.call.step,
            Step::Ringing | Step::Name | Step::Time | Step::Another
        )
    }

    /// Nothing that answers the question: a call for help, or not understood.
    pub(super) fn not_an_answer(self, said: &Said<'_>) -> Turn {
        match said.intent {
            Some(Intent::Help) => self.help(),
            None if said.asks_to_book() && self.is_open() => {
                self.failed_because(Some(prompts::OF_COURSE))
            }
            _ => self.failed(),
        }
    }
}

impl Said<'_> {
    /// "Can you book an appointment?": yes, that is what this is for.
    fn asks_to_book(&self) -> bool {
        self.answer != Answer::No && self.mentions(&["book", "booking", "appointment", "schedule"])
    }

    /// "No, goodbye" ends the call; "yes, thanks, bye" is a yes, and "never mind" a no.
    fn says_farewell(&self) -> bool {
        self.answer == Answer::No && self.mentions(&["goodbye", "bye", "hang"])
    }
}
