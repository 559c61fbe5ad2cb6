//! Telephone numbers, typed or spoken.

use serde::{Deserialize, Serialize};

use crate::understood::{NotUnderstood, Understood};

/// A valid telephone number in E.164 form: `+14165551234`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mobile(String);

impl Mobile {
    /// Reads E.164 as Twilio's `From` and the API carry it.
    ///
    /// # Errors
    /// Not E.164, or not a valid number.
    pub fn from_e164(text: &str) -> Understood<Self> {
        if text.starts_with('+') && text.len() > 8 {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotUnderstood::because("not a number in E.164 form"))
        }
    }

    /// `+14165551234`.
    pub fn e164(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Mobile {
    type Error = NotUnderstood;

    fn try_from(text: String) -> Result<Self, NotUnderstood> {
        Self::from_e164(&text)
    }
}

impl From<Mobile> for String {
    fn from(mobile: Mobile) -> Self {
        mobile.0
    }
}

/// Shows the last two digits only: numbers are personal data and must not reach a log.
impl std::fmt::Debug for Mobile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.0.len().saturating_sub(2);
        write!(f, "Mobile(…{})", &self.0[shown..])
    }
}

/// What a caller's words say as a telephone number.
///
/// # Errors
/// No number, half of one, or one that cannot exist.
pub fn understand(text: &str) -> Understood<Mobile> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Mobile::from_e164(&format!("+{digits}"))
}
