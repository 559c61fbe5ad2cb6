//! The open question, in words.

use jiff::Zoned;

use super::call::Aim;
use super::talk::Talk;
use super::{Expect, Step, Then, Turn};
use crate::prompts::{self, Prompt};
use crate::when::{spoken, spoken_day, spoken_time};

impl Talk<'_> {
    /// Asks the open question, after what is to be said already.
    pub(super) fn ask(self) -> Turn {
        match self.call.step {
            Step::Ringing | Step::Name => self.question(prompts::ASK_NAME, Expect::Name),
            Step::NameCheck => {
                let name = self.name();
                self.say_with(prompts::CHECK_NAME, &[("name", &name)])
                    .listen(Expect::YesNo)
            }
            Step::Number => self.question(prompts::ASK_NUMBER, Expect::Number),
            Step::NumberCheck => {
                let number = self.number();
                self.say_with(prompts::CHECK_NUMBER, &[("number", &number)])
                    .listen(Expect::YesNo)
            }
            Step::Time => self.ask_time(),
            Step::Offer => self.ask_offer(),
            Step::Confirm => self.read_back(),
            Step::Change => self.question(prompts::CHANGE, Expect::Time),
            Step::CancelCheck => {
                let time = self.next_start();
                self.say_with(prompts::CHECK_CANCEL, &[("time", &time)])
                    .listen(Expect::YesNo)
            }
            Step::Another => self.question(prompts::ANYTHING_ELSE, Expect::Time),
            Step::Ended(ending) => self.over(ending),
        }
    }

    /// Asks with these words instead of the step's usual ones.
    pub(super) fn question(self, prompt: Prompt, expect: Expect) -> Turn {
        self.say(prompt).listen(expect)
    }

    pub(super) fn listen(self, expect: Expect) -> Turn {
        self.reply(Then::Listen(expect))
    }

    fn ask_time(self) -> Turn {
        let talk = match (self.call.day, self.call.time) {
            (Some(day), None) => {
                self.say_with(prompts::ASK_TIME_OF_DAY, &[("day", &spoken_day(day))])
            }
            (None, Some(time)) => self.say_with(prompts::ASK_DAY, &[("time", &spoken_time(time))]),
            _ if self.is_move() => self.say(prompts::ASK_NEW_TIME),
            _ => self.say(prompts::ASK_TIME),
        };
        talk.listen(Expect::Time)
    }

    fn ask_offer(self) -> Turn {
        let offers: Vec<Zoned> = self
            .call
            .offers
            .iter()
            .map(|offer| self.zoned(*offer))
            .collect();
        match offers.as_slice() {
            [] => self.ask_time(),
            [one] => self
                .say_with(prompts::OFFER_ONE, &[("first", &spoken(one))])
                .listen(Expect::YesNo),
            [first, second, ..] => {
                let later = if first.date() == second.date() {
                    spoken_time(second.time())
                } else {
                    spoken(second)
                };
                self.say_with(
                    prompts::OFFER_TWO,
                    &[("first", &spoken(first)), ("second", &later)],
                )
                .listen(Expect::Offer)
            }
        }
    }

    fn read_back(self) -> Turn {
        let time = self.slot().map(|slot| spoken(&slot)).unwrap_or_default();
        let talk = if self.is_move() {
            self.say_with(prompts::READ_BACK_MOVE, &[("time", &time)])
        } else {
            let name = self.name();
            self.say_with(prompts::READ_BACK, &[("name", &name), ("time", &time)])
        };
        talk.listen(Expect::YesNo)
    }

    pub(super) fn name(&self) -> String {
        let name = self.call.name.as_ref();
        name.map_or_else(String::new, |name| name.as_str().to_owned())
    }

    pub(super) fn number(&self) -> String {
        let mobile = self.call.mobile.as_ref();
        mobile.map_or_else(String::new, crate::phone::Mobile::spoken)
    }

    /// The beginning of the appointment that is moved or cancelled, or else the caller's next one, as it is said.
    pub(super) fn next_start(&self) -> String {
        let next = match &self.call.aim {
            Aim::Move(appointment) => Some(appointment),
            Aim::Book => self
                .call
                .known
                .as_ref()
                .and_then(|known| known.next.as_ref()),
        };
        next.map_or_else(String::new, |next| {
            spoken(&next.start.with_time_zone(self.desk.rules.zone.clone()))
        })
    }
}
