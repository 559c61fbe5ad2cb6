//! A person's name.

use serde::{Deserialize, Serialize};

use crate::understood::{NotUnderstood, Understood};

/// Longest name that is kept, in characters.
const LONGEST: usize = 120;

/// A person's name as it is written: `Jean-Pierre Dubois`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

/// A name as it was heard, and whether to ask the caller if it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardName {
    /// The name.
    pub name: PersonName,
    /// Recognition was unsure, or finding the name took guessing.
    pub doubtful: bool,
}

impl PersonName {
    /// Takes a name as somebody wrote it (the admin page, the API), trimmed.
    ///
    /// # Errors
    /// Empty, over 120 characters, without a letter, or with control characters or markup.
    pub fn written(text: &str) -> Understood<Self> {
        let text = text.trim();
        let problem = if text.is_empty() {
            "the name is empty"
        } else if text.chars().count() > LONGEST {
            "the name has more than 120 characters"
        } else if text.chars().any(char::is_control) {
            "the name has control characters"
        } else if text.contains(['<', '>']) {
            "the name has markup"
        } else if !text.chars().any(char::is_alphabetic) {
            "the name has no letter"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(NotUnderstood::because(problem))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to greet the person by: the first word, or the first that is no initial.
    pub fn first(&self) -> &str {
        let words = || self.0.split_whitespace();
        words()
            .find(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1 || !word.is_ascii())
            .or_else(|| words().next())
            .unwrap_or(&self.0)
    }
}

/// Shows nothing of the name: names are personal data and must not reach a log.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(…)")
    }
}
