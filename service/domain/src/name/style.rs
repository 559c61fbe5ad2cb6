//! How a turn and its words are written.

use super::lexicon::{self, Class};
use crate::words::Word;

/// How the turn is written, which decides what a capital says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// All capitals.
    pub(super) shouted: bool,
    /// Capitals and small letters.
    pub(super) mixed: bool,
}

impl Style {
    pub(super) fn of(words: &[Word]) -> Self {
        let letters = || words.iter().flat_map(|word| word.written.chars());
        let upper = letters().any(char::is_uppercase);
        let lower = letters().any(char::is_lowercase);
        Self {
            shouted: upper && !lower && words.iter().any(|word| word.written.chars().count() > 1),
            mixed: upper && lower,
        }
    }
}

pub(super) fn starts_small(word: &Word) -> bool {
    word.written.chars().next().is_some_and(char::is_lowercase)
}

/// A stop after these ends no sentence.
pub(super) fn is_abbreviation(word: &Word) -> bool {
    word.stop == Some('.')
        && (word.written.chars().count() == 1
            || matches!(lexicon::class(&word.low), Class::Title)
            || matches!(word.low.as_str(), "st" | "ste"))
}

/// Letters of any script, marks of Indic ones, apostrophes, hyphens.
pub(super) fn is_wordlike(low: &str) -> bool {
    low.chars().any(char::is_alphabetic)
        && low.chars().all(|c| {
            c.is_alphabetic()
                || matches!(c, '\'' | '-' | '.' | '\u{200c}' | '\u{200d}' | '·')
                || ('\u{300}'..='\u{36f}').contains(&c)
                || ('\u{900}'..='\u{dff}').contains(&c) && !c.is_numeric()
        })
}
