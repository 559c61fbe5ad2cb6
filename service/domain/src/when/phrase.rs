//! Tokens, and questions about the one at a position.

use jiff::civil::Weekday;

use super::token::{Kind, Token, tokens};
use super::word;

/// What was said, by position; a position beyond the end is no token.
#[derive(Debug)]
pub(crate) struct Phrase {
    tokens: Vec<Token>,
}

impl Phrase {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Self {
        Self {
            tokens: tokens(text),
        }
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// What stands at `i`.
    pub(crate) fn kind(&self, i: usize) -> Option<&Kind> {
        self.tokens.get(i).map(|t| &t.kind)
    }

    /// The word at `i`, or "" where something else stands.
    pub(crate) fn word(&self, i: usize) -> &str {
        match self.kind(i) {
            Some(Kind::Word(word)) => word,
            _ => "",
        }
    }

    /// The word before `i`.
    pub(crate) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |i| self.word(i))
    }

    /// Whether the words from `i` on are these.
    pub(crate) fn says(&self, i: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(n, w)| self.word(i + n) == *w)
    }

    /// The position after one of these words when it stands at `i`, else `i`.
    pub(crate) fn skip(&self, i: usize, words: &[&str]) -> usize {
        if words.contains(&self.word(i)) && !self.word(i).is_empty() {
            i + 1
        } else {
            i
        }
    }

    /// Whether the sentence ends or is broken before `i`.
    pub(crate) fn broken(&self, i: usize) -> bool {
        self.tokens.get(i).is_none_or(|t| t.broken)
    }

    /// The weekday at `i`.
    pub(crate) fn weekday(&self, i: usize) -> Option<Weekday> {
        match self.kind(i) {
            Some(Kind::Weekday(day)) => Some(*day),
            _ => None,
        }
    }

    /// The month at `i`.
    pub(crate) fn month(&self, i: usize) -> Option<i8> {
        match self.kind(i) {
            Some(Kind::Month(month)) => Some(*month),
            _ => None,
        }
    }

    /// The cardinal number at `i`.
    pub(crate) fn number(&self, i: usize) -> Option<u32> {
        match self.kind(i) {
            Some(Kind::Number { value, .. }) => Some(*value),
            _ => None,
        }
    }

    /// The ordinal number at `i`.
    pub(crate) fn ordinal(&self, i: usize) -> Option<u32> {
        match self.kind(i) {
            Some(Kind::Ordinal { value, .. }) => Some(*value),
            _ => None,
        }
    }

    /// "am" or "pm" at `i`.
    pub(crate) fn meridiem(&self, i: usize) -> Option<bool> {
        match self.word(i) {
            "am" => Some(false),
            "pm" => Some(true),
            _ => None,
        }
    }

    /// The position after "o'clock" at `i`.
    pub(crate) fn oclock(&self, i: usize) -> Option<usize> {
        match (self.word(i), self.word(i + 1)) {
            ("oclock", _) => Some(i + 1),
            ("o" | "oh", "clock") => Some(i + 2),
            _ => None,
        }
    }

    /// Whether the number at `i` is the day of the month behind it: in "ten, March 12th" it is an hour.
    pub(crate) fn is_day_of_month(&self, i: usize) -> bool {
        let at = self.skip(i + 1, &["of"]);
        let day = self.skip(at + 1, &["the"]);
        let own = self.ordinal(day).is_some() || self.broken(at) && self.number(day).is_some();
        self.month(at).is_some() && !own
    }

    /// Whether a bare number that ends before `i` may stand for a time or a day: it is not the
    /// count of what follows.
    pub(crate) fn stands_alone(&self, i: usize) -> bool {
        if self.broken(i) {
            return true;
        }
        match self.kind(i) {
            Some(Kind::Word(w)) => word::may_follow(w),
            Some(Kind::Number { .. }) => word::is_unit(self.word(i + 1)) || self.is_day_of_month(i),
            Some(
                Kind::Weekday(_)
                | Kind::Month(_)
                | Kind::Ordinal { .. }
                | Kind::Iso { .. }
                | Kind::Slashed { .. },
            ) => true,
            _ => false,
        }
    }
}
