//! The next appointment: hearing about it, moving it, cancelling it.

use super::call::{Aim, Pending, Wish};
use super::talk::Talk;
use super::{Effect, Step, Turn};
use crate::answer::{self, Answer};
use crate::prompts;

impl Talk<'_> {
    /// The caller wants something with the next appointment, which has to be found first.
    pub(super) fn wish(self, wish: Wish) -> Turn {
        if self.call.looked_up {
            return self.fulfil(wish);
        }
        match self.caller_number().cloned() {
            Some(mobile) => self.act(Pending::Wish(wish), Effect::LookUp { mobile }),
            None => self.say(prompts::ONLY_FROM_NUMBER).hand_over(),
        }
    }

    /// Goes on with the wish, once it is known who calls.
    pub(super) fn fulfil(mut self, wish: Wish) -> Turn {
        if !self.call.looked_up {
            return self.say(prompts::NOT_CHANGED).hand_over();
        }
        self.call.failures = 0;
        let next = self
            .call
            .known
            .as_ref()
            .and_then(|known| known.next.clone());
        let Some(next) = next else {
            return self.say(prompts::NO_APPOINTMENT).ask();
        };
        match wish {
            Wish::Hear => {
                let time = self.next_start();
                self.say_with(prompts::NEXT_IS, &[("time", &time)])
                    .anything_else()
            }
            Wish::Move => {
                let start = self.zoned(next.start.timestamp());
                self.call.aim = Aim::Move(next);
                // "To Friday" keeps the time, "to three o'clock" the day.
                match (self.call.day, self.call.time) {
                    (Some(day), None) => self.take_parts(Some(day), Some(start.time())),
                    (None, Some(time)) => self.take_parts(Some(start.date()), Some(time)),
                    _ => {}
                }
                self.advance()
            }
            Wish::Cancel => {
                self.forget_time();
                self.call.step = Step::CancelCheck;
                self.ask()
            }
        }
    }

    /// The answer to whether the appointment should be cancelled.
    pub(super) fn cancel_check(self, text: &str) -> Turn {
        match said_without(text, &["cancel", "cancelled", "cancelling", "canceled"]) {
            Answer::Yes => self.cancel(),
            Answer::No => self.keep(),
            // "Cancel it", said once more.
            Answer::Unclear if mentions(text, "cancel") => self.cancel(),
            Answer::Unclear => self.failed(),
        }
    }

    pub(super) fn cancel(self) -> Turn {
        let next = self
            .call
            .known
            .as_ref()
            .and_then(|known| known.next.clone());
        match next {
            Some(next) => {
                let appointment = next.id;
                self.act(Pending::Cancel, Effect::Cancel { appointment })
            }
            None => self.say(prompts::NO_APPOINTMENT).anything_else(),
        }
    }

    pub(super) fn keep(mut self) -> Turn {
        let time = self.next_start();
        self.forget_time();
        self.say_with(prompts::KEPT, &[("time", &time)])
            .anything_else()
    }
}

/// What words answer when those that only repeat the question are left out: "yes, cancel it" is a yes to "Should I
/// cancel it?", though "cancel" alone says no to anything else.
pub(super) fn said_without(text: &str, repeated: &[&str]) -> Answer {
    let kept: Vec<&str> = text
        .split_whitespace()
        .filter(|word| {
            let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            !repeated.iter().any(|word| bare.eq_ignore_ascii_case(word))
        })
        .collect();
    answer::understand(&kept.join(" "))
}

pub(super) fn mentions(text: &str, wanted: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric())
        .any(|word| word.eq_ignore_ascii_case(wanted))
}
