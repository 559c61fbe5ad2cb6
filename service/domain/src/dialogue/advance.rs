//! The next question, from what is known.

use super::call::{NumberState, Pending};
use super::talk::Talk;
use super::{Effect, Expect, Step, Then, Turn};
use crate::prompts;

impl Talk<'_> {
    /// Asks for the first thing that is missing, or reads everything back.
    pub(super) fn advance(mut self) -> Turn {
        self.call.failures = 0;
        self.call.step = self.missing();
        if !self.for_move()
            && matches!(self.call.step, Step::Time | Step::Confirm)
            && !self.number_is_told()
        {
            self.call.number = NumberState::Told;
            let number = self.call.mobile.as_ref().map(spoken_number);
            self = self.say_with(prompts::NUMBER, &[("number", &number.unwrap_or_default())]);
        }
        match self.call.slot {
            Some(slot) if self.call.step == Step::Confirm && !slot.looked_up => {
                let effect = Effect::FindSlot {
                    start: self.zoned(slot.start),
                    until: None,
                    minutes: self.desk.rules.slot_minutes(),
                };
                self.act(Pending::Slot, effect)
            }
            _ => self.again(),
        }
    }

    fn missing(&self) -> Step {
        let call = &self.call;
        if !self.for_move() {
            if call.name.is_none() {
                return Step::Name;
            }
            if call.name_doubtful {
                return Step::NameCheck;
            }
            if call.mobile.is_none() {
                return Step::Number;
            }
            if call.number == NumberState::Doubtful {
                return Step::NumberCheck;
            }
        }
        if call.slot.is_none() {
            return Step::Time;
        }
        Step::Confirm
    }

    /// Asks the open question (again).
    pub(super) fn again(self) -> Turn {
        match self.call.step {
            Step::Ringing => self.greet(),
            Step::Confirm => {
                let name = self.call.name.as_ref().map(|name| name.as_str().to_owned());
                let time = self.call.slot.map(|slot| self.zoned(slot.start));
                let time = time.map(|time| spoken_time(&time)).unwrap_or_default();
                self.say_with(
                    prompts::READ_BACK,
                    &[("name", &name.unwrap_or_default()), ("time", &time)],
                )
                .reply(Then::Listen(Expect::YesNo))
            }
            Step::Name => self
                .say(prompts::ASK_NAME)
                .reply(Then::Listen(Expect::Name)),
            Step::Ended(_) => self.say(prompts::GOODBYE).reply(Then::HangUp),
            _ => self
                .say(prompts::ASK_TIME)
                .reply(Then::Listen(Expect::Time)),
        }
    }
}

fn spoken_number(mobile: &crate::phone::Mobile) -> String {
    let digits = mobile.e164();
    match digits.strip_prefix("+1") {
        Some(national) if national.len() == 10 => {
            format!("{}-{}-{}", &national[..3], &national[3..6], &national[6..])
        }
        _ => digits.to_owned(),
    }
}

fn spoken_time(time: &jiff::Zoned) -> String {
    let day = time.day();
    let ending = match day {
        11..=13 => "th",
        _ => match day % 10 {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        },
    };
    format!(
        "{} {day}{ending} at {}",
        time.strftime("%A, %B"),
        time.strftime("%-I:%M %p")
    )
}
