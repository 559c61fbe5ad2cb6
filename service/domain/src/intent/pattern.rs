//! Phrases with gaps.

use crate::words::Word;

/// What was booked.
const BOOKED: [&str; 9] = [
    "appointment",
    "appointments",
    "booking",
    "bookings",
    "reservation",
    "visit",
    "slot",
    "consultation",
    "session",
];

/// A person to speak to.
const PERSON: [&str; 21] = [
    "person",
    "someone",
    "somebody",
    "human",
    "agent",
    "operator",
    "representative",
    "rep",
    "manager",
    "supervisor",
    "receptionist",
    "staff",
    "people",
    "anyone",
    "anybody",
    "employee",
    "attendant",
    "reception",
    "owner",
    "doctor",
    "dentist",
];

/// What a number belongs to.
const NUMBER: [&str; 5] = ["number", "phone", "cell", "mobile", "cellphone"];

/// What was said, in lower case, contractions written out, without fillers.
pub(super) struct Said<'a> {
    low: Vec<&'a str>,
    asked: bool,
}

impl<'a> Said<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        Self {
            low: words
                .iter()
                .map(|word| word.low.as_str())
                .filter(|low| !matches!(*low, "um" | "uh" | "er" | "hmm" | "ah"))
                .collect(),
            asked: words.last().is_some_and(|word| word.stop == Some('?')),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.low.is_empty()
    }

    /// Whether it ends as a question.
    pub(super) fn asked(&self) -> bool {
        self.asked
    }

    /// Whether one of the phrases stands in it.
    ///
    /// In a phrase `a|b` is either word, `*` up to three words, `@` what was booked, `&` a person to speak to and `#`
    /// what a number belongs to.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        phrases
            .iter()
            .any(|phrase| (0..self.low.len()).any(|at| matches(&self.low[at..], phrase, false)))
    }

    /// Whether it is one of the phrases and nothing else but politeness around it.
    pub(super) fn is(&self, phrases: &[&str]) -> bool {
        let core = self.core();
        phrases.iter().any(|phrase| matches(core, phrase, true))
    }

    /// Whether one of the words stands in it.
    pub(super) fn any(&self, words: &[&str]) -> bool {
        self.low.iter().any(|low| words.contains(low))
    }

    /// Whether a word in it begins with a digit.
    pub(super) fn has_digits(&self) -> bool {
        self.low
            .iter()
            .any(|low| low.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Whether it names a day or a time of day.
    pub(super) fn names_a_time(&self) -> bool {
        self.has_digits()
            || self.low.iter().any(|low| {
                low.len() > 5 && low.ends_with("day") && !matches!(*low, "holiday" | "birthday")
                    || matches!(
                        *low,
                        "today"
                            | "tomorrow"
                            | "tonight"
                            | "morning"
                            | "afternoon"
                            | "evening"
                            | "noon"
                            | "week"
                            | "month"
                            | "two"
                            | "three"
                            | "four"
                            | "five"
                            | "six"
                            | "seven"
                            | "eight"
                            | "nine"
                            | "ten"
                            | "eleven"
                            | "twelve"
                    )
            })
    }

    /// Whether a verb is denied: "don't cancel", "do not want to cancel".
    pub(super) fn denies(&self, verbs: &[&str]) -> bool {
        self.low.iter().enumerate().any(|(at, low)| {
            verbs.contains(low)
                && self.low[at.saturating_sub(4)..at]
                    .iter()
                    .any(|before| matches!(*before, "not" | "never"))
        })
    }

    /// Without politeness at both ends.
    fn core(&self) -> &[&'a str] {
        let polite = |low: &&str| {
            matches!(
                *low,
                "please"
                    | "thanks"
                    | "okay"
                    | "ok"
                    | "yes"
                    | "yeah"
                    | "no"
                    | "oh"
                    | "well"
                    | "so"
                    | "hi"
                    | "hello"
                    | "hey"
                    | "and"
                    | "just"
                    | "then"
                    | "thank"
                    | "you"
                    | "sir"
                    | "now"
                    | "sorry"
                    | "actually"
                    | "alright"
            )
        };
        let mut core = self.low.as_slice();
        while let [first, rest @ ..] = core
            && !rest.is_empty()
            && polite(first)
            && *first != "you"
        {
            core = rest;
        }
        while let [rest @ .., last] = core
            && !rest.is_empty()
            && polite(last)
            && (!matches!(*last, "you" | "now" | "so") || rest.ends_with(&["thank"]))
        {
            core = rest;
        }
        core
    }
}

/// Whether the words begin with a phrase, or are one if `whole`.
fn matches(words: &[&str], phrase: &str, whole: bool) -> bool {
    if phrase.is_empty() {
        return !whole || words.is_empty();
    }
    let (part, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
    if part == "*" {
        return (0..=words.len().min(3)).any(|gap| matches(&words[gap..], rest, whole));
    }
    let Some((word, after)) = words.split_first() else {
        return false;
    };
    let fits = match part {
        "@" => BOOKED.contains(word),
        "&" => PERSON.contains(word),
        "#" => NUMBER.contains(word),
        _ => part.split('|').any(|either| either == *word),
    };
    fits && matches(after, rest, whole)
}
