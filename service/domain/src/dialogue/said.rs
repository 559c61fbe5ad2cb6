//! What the caller's words say, read in every way that any step needs.

use super::Step;
use super::call::Wish;
use super::talk::Talk;
use crate::answer::{self, Answer};
use crate::intent::{self, Intent};
use crate::name::{self, HeardName};
use crate::phone::{self, Mobile};
use crate::prompts::{self, Prompt};
use crate::understood::Understood;
use crate::when::{self, When};

pub(super) struct Said<'t> {
    pub(super) text: &'t str,
    confidence: Option<f32>,
    pub(super) answer: Answer,
    pub(super) intent: Option<Intent>,
    pub(super) when: Understood<When>,
}

impl<'t> Said<'t> {
    pub(super) fn read(text: &'t str, confidence: Option<f32>, talk: &Talk<'_>) -> Self {
        Self {
            text,
            confidence,
            answer: answer::understand(text),
            intent: intent::understand(text),
            when: when::understand(text, &talk.clock())
                .or_else(|not| part_of_day(text, talk).ok_or(not)),
        }
    }

    pub(super) fn name(&self) -> Understood<HeardName> {
        name::hear(self.text, self.confidence)
    }

    /// A name that needs no guessing.
    pub(super) fn plain_name(&self) -> Option<HeardName> {
        self.name().ok().filter(|heard| !heard.doubtful)
    }

    pub(super) fn number(&self) -> Understood<Mobile> {
        phone::understand(self.text)
    }

    /// A time besides something else: one that could be a part of a name ("May", "Noon") has to be more than that.
    pub(super) fn time_besides(&self, name: Option<&HeardName>) -> Option<When> {
        let when = self.when.clone().ok()?;
        let words = |text: &str| text.split_whitespace().count();
        let of_name = name.map_or(0, |heard| words(heard.name.as_str()));
        let whole = matches!(when, When::Moment(_) | When::Window { .. });
        (whole || words(self.text) >= of_name + 4).then_some(when)
    }

    pub(super) fn mentions(&self, words: &[&str]) -> bool {
        self.text
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|said| words.iter().any(|word| said.eq_ignore_ascii_case(word)))
    }

    pub(super) fn contains(&self, phrases: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        phrases.iter().any(|phrase| text.contains(phrase))
    }

    /// Whether a month, or a day counted from today, is named.
    pub(super) fn names_a_date(&self) -> bool {
        self.mentions(&[
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "today",
            "tomorrow",
            "month",
        ])
    }

    /// Whether a weekday is named and nothing that says in which week.
    pub(super) fn names_only_a_weekday(&self) -> bool {
        let weekdays = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        let weeks = ["next", "this", "week", "coming", "following", "after"];
        self.mentions(&weekdays) && !self.names_a_date() && !self.mentions(&weeks)
    }

    /// What a caller who has an appointment wants with it, in few words: "can I move it".
    pub(super) fn wish(&self) -> Option<Wish> {
        if self.mentions(&["cancel"]) {
            Some(Wish::Cancel)
        } else if self.mentions(&["move", "reschedule", "change"]) {
            Some(Wish::Move)
        } else if self.mentions(&["hear"]) && !self.contains(&["t hear", "not hear"]) {
            Some(Wish::Hear)
        } else {
            None
        }
    }

    /// Whether any time will do.
    pub(super) fn any_time(&self) -> bool {
        self.contains(&[
            "as soon as",
            "asap",
            "soonest",
            "earliest",
            "first available",
            "next available",
            "any time",
            "anytime",
            "whenever",
            "doesn't matter",
            "don't care",
            "don't mind",
        ])
    }

    /// Why a time was not understood, where a caller can do better for knowing.
    pub(super) fn why_no_time(&self) -> Option<Prompt> {
        match self.when.as_ref().err()?.reason.as_str() {
            "that is past" => Some(prompts::PAST),
            "two days" | "two times" | "two weeks" | "a weekend is two days" => {
                Some(prompts::ONE_TIME)
            }
            "the weekday and the date disagree" => Some(prompts::DISAGREE),
            "the day is missing" => Some(prompts::NEED_DAY),
            _ => None,
        }
    }
}

/// "In the morning", "between two and four", of the day that is talked about.
fn part_of_day(text: &str, talk: &Talk<'_>) -> Option<When> {
    if !matches!(
        talk.call.step,
        Step::Time | Step::Offer | Step::Confirm | Step::Change
    ) {
        return None;
    }
    let slot = talk.slot().map(|slot| slot.date());
    let day = talk.call.day.or(slot).or(talk.offered_day())?;
    let whole = format!("{} {text}", when::spoken_day(day));
    let found = when::understand(&whole, &talk.clock()).ok();
    found.filter(|found| matches!(found, When::Window { .. }))
}
