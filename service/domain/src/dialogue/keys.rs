//! Answers by keypad: 1 is yes and the first, 2 is no and the second, 0 a person, * once more; a number is typed whole.

use super::talk::Talk;
use super::{Step, Turn};
use crate::phone;
use crate::prompts;

impl Talk<'_> {
    pub(super) fn digits(self, digits: &str) -> Turn {
        if let Some(ending) = self.call.ended() {
            return self.over(ending);
        }
        let digits = digits.trim_matches(|key: char| key.is_whitespace() || key == '#');
        if digits.is_empty() {
            return self.silent();
        }
        let talk = self.without_effect();
        match digits {
            "0" => talk.operator(),
            "*" => talk.ask(),
            _ if talk.call.step == Step::Number => talk.typed(digits),
            "1" => talk.first_key(),
            "2" => talk.second_key(),
            _ => talk.failed(),
        }
    }

    fn typed(mut self, digits: &str) -> Turn {
        match phone::understand(digits) {
            Ok(number) => {
                self.take_number(number);
                self.advance()
            }
            Err(_) => self.failed_because(Some(prompts::WHOLE_NUMBER)),
        }
    }

    fn first_key(self) -> Turn {
        match (self.call.step, self.call.offers.first().copied()) {
            (Step::Offer, Some(first)) => self.pick(first),
            (Step::NameCheck | Step::NumberCheck | Step::Another, _) => self.heard("yes", None),
            (Step::Confirm, _) => self.confirm(),
            (Step::CancelCheck, _) => self.cancel(),
            _ => self.failed(),
        }
    }

    fn second_key(self) -> Turn {
        match (self.call.step, self.call.offers.get(1).copied()) {
            (Step::Offer, Some(second)) => self.pick(second),
            (Step::NameCheck | Step::NumberCheck | Step::Offer | Step::Another, _) => {
                self.heard("no", None)
            }
            (Step::Confirm, _) => self.change(),
            (Step::CancelCheck, _) => self.keep(),
            _ => self.failed(),
        }
    }
}
