//! Answers to who it is and where texts go.

use super::call::NumberState;
use super::said::Said;
use super::talk::Talk;
use super::{Expect, Step, Turn};
use crate::answer::Answer;
use crate::name::HeardName;
use crate::phone::Mobile;
use crate::prompts;

impl Talk<'_> {
    /// The name, with a time or another number in the same breath.
    pub(super) fn name_said(mut self, said: &Said<'_>) -> Turn {
        let heard = said.name().ok();
        let time = said.time_besides(heard.as_ref());
        let number = said.number().ok();
        if heard.is_none() && time.is_none() && number.is_none() {
            return self.not_an_answer(said);
        }
        if let Some(number) = number {
            self.take_number(number);
        }
        if let Some(when) = time {
            self.take_time(when);
        }
        match heard {
            Some(heard) => self.named(heard),
            None => {
                self.call.failures = 0;
                self.call.step = Step::Name;
                self.question(prompts::ASK_NAME_FIRST, Expect::Name)
            }
        }
    }

    fn named(mut self, heard: HeardName) -> Turn {
        self.call.name = Some(heard.name);
        self.call.name_doubtful = heard.doubtful;
        self.advance()
    }

    pub(super) fn name_checked(mut self, said: &Said<'_>) -> Turn {
        if said.answer == Answer::Yes {
            self.call.name_doubtful = false;
            return self.advance();
        }
        if let Ok(heard) = said.name() {
            return self.named(heard);
        }
        match said.answer {
            Answer::No => self.ask_name_again(),
            _ => self.time_meanwhile(said),
        }
    }

    fn ask_name_again(mut self) -> Turn {
        self.call.name = None;
        self.call.name_doubtful = false;
        self.call.step = Step::Name;
        self.question(prompts::ASK_NAME_AGAIN, Expect::Name)
    }

    /// "My name is actually Ann", at any step.
    pub(super) fn correct_name(self, said: &Said<'_>) -> Turn {
        match said.name() {
            Ok(heard) => self.named(heard),
            Err(_) => self.ask_name_again(),
        }
    }

    /// Another person calls from a number that is known, and says who.
    pub(super) fn other_name(mut self, heard: HeardName) -> Turn {
        self.call.number = NumberState::Untold;
        self.named(heard)
    }

    pub(super) fn number_said(mut self, said: &Said<'_>) -> Turn {
        match said.number() {
            Ok(number) => {
                self.take_number(number);
                self.advance()
            }
            Err(not) => self.no_number(said, &not.reason),
        }
    }

    fn no_number(mut self, said: &Said<'_>, reason: &str) -> Turn {
        let this_one = [
            "calling from",
            "this number",
            "this phone",
            "this one",
            "same number",
        ];
        if said.contains(&this_one)
            && let Some(number) = self.caller_number().cloned()
        {
            self.take_number(number);
            return self.advance();
        }
        match reason {
            "a digit is missing" | "the area code is missing" | "too many digits" => {
                self.failed_because(Some(prompts::WHOLE_NUMBER))
            }
            _ => self.time_meanwhile(said),
        }
    }

    pub(super) fn number_checked(mut self, said: &Said<'_>) -> Turn {
        if let Ok(number) = said.number() {
            let same = self.call.mobile.as_ref() == Some(&number);
            if !(same && said.answer == Answer::Yes) {
                self.take_number(number);
                return self.advance();
            }
        }
        match said.answer {
            Answer::Yes => {
                self.call.number = NumberState::Told;
                self.advance()
            }
            Answer::No => self.ask_number_again(),
            Answer::Unclear => self.time_meanwhile(said),
        }
    }

    fn ask_number_again(mut self) -> Turn {
        self.call.mobile = None;
        self.call.number = NumberState::Doubtful;
        self.call.step = Step::Number;
        self.question(prompts::ASK_NUMBER_AGAIN, Expect::Number)
    }

    /// "That's not my number", at any step, with or without the right one. Before the name is known the right one is
    /// asked for after it.
    pub(super) fn correct_number(mut self, said: &Said<'_>) -> Turn {
        match said.number() {
            Ok(number) => {
                self.take_number(number);
                self.advance()
            }
            Err(_) if self.call.name.is_none() => {
                self.call.mobile = None;
                self.call.number = NumberState::Doubtful;
                self.advance()
            }
            Err(_) => self.ask_number_again(),
        }
    }

    /// A number that was said or typed is read back before it is used.
    pub(super) fn take_number(&mut self, number: Mobile) {
        if self.call.number == NumberState::Told && self.call.mobile.as_ref() == Some(&number) {
            return;
        }
        self.call.mobile = Some(number);
        self.call.number = NumberState::Doubtful;
    }
}
