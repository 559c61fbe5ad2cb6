//! A valid telephone number.

use serde::{Deserialize, Serialize};

use super::plan::{self, Verdict};
use crate::understood::{NotUnderstood, Understood};

/// A valid telephone number in E.164 form: `+14165551234`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mobile(String);

/// Where a number is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Country code 1: Canada, the United States, much of the Caribbean.
    NorthAmerica,
    /// Any other country code.
    Elsewhere,
}

/// What Twilio sends in `From` when the caller's number is withheld: ANONYMOUS, RESTRICTED, UNAVAILABLE, BLOCKED
/// and UNKNOWN as they are typed on a keypad, and one more seen with them. No country has these numbers;
/// the list only saves loading the metadata to find that out.
const WITHHELD: [&str; 6] = [
    "+7378742833",
    "+266696687",
    "+86282452253",
    "+2562533",
    "+8656696",
    "+656667",
];

impl Mobile {
    /// Reads E.164 as Twilio's `From` and the API carry it: a plus sign and 8 to 15 digits, nothing else.
    ///
    /// A North American number costs a table look-up; any other one is checked against the metadata of
    /// its country, which the first such number of a process loads (see `docs/understanding.md`).
    ///
    /// # Errors
    /// Not E.164, a stand-in for a withheld number (`anonymous`, `+266696687`, `client:…`, `sip:…`), or
    /// a number that cannot exist.
    pub fn from_e164(text: &str) -> Understood<Self> {
        let digits = text
            .strip_prefix('+')
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .filter(|digits| (7..=15).contains(&digits.len()))
            .ok_or_else(|| NotUnderstood::because("not a number in E.164 form"))?;
        if WITHHELD.contains(&text) {
            return Err(NotUnderstood::because("the caller's number is withheld"));
        }
        let valid = match digits.strip_prefix('1') {
            Some(national) => national_is_valid(national),
            None => world_is_valid(text),
        };
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotUnderstood::because("no such telephone number"))
        }
    }

    /// A number from ten North American digits, if there is such a number.
    pub(super) fn north_american(national: &str) -> Option<Self> {
        national_is_valid(national).then(|| Self(format!("+1{national}")))
    }

    /// A number from a country code and what follows it, digits only; drops a trunk zero after the country code.
    pub(super) fn international(digits: &str) -> Option<Self> {
        if let Some(national) = digits.strip_prefix('1') {
            return Self::north_american(national);
        }
        if !(7..=16).contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        let number = phonenumber::parse(None, format!("+{digits}")).ok()?;
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        (number.is_valid() && !WITHHELD.contains(&e164.as_str())).then_some(Self(e164))
    }

    /// `+14165551234`.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// Whether the number is dialled with country code 1.
    pub fn region(&self) -> Region {
        if self.0.starts_with("+1") {
            Region::NorthAmerica
        } else {
            Region::Elsewhere
        }
    }

    /// The number as it is read to a caller: `416-555-1234`, or `+44 7911 123456` from abroad.
    pub fn spoken(&self) -> String {
        if let (Region::NorthAmerica, 12) = (self.region(), self.0.len()) {
            return format!("{}-{}-{}", &self.0[2..5], &self.0[5..8], &self.0[8..]);
        }
        phonenumber::parse(None, &self.0).map_or_else(
            |_| self.0.clone(),
            |number| {
                number
                    .format()
                    .mode(phonenumber::Mode::International)
                    .to_string()
                    .replace('-', " ")
            },
        )
    }
}

fn national_is_valid(national: &str) -> bool {
    match plan::check(national) {
        Verdict::Valid => true,
        Verdict::Invalid => false,
        Verdict::PartlyAssigned => world_is_valid(&format!("+1{national}")),
    }
}

fn world_is_valid(e164: &str) -> bool {
    phonenumber::parse(None, e164).is_ok_and(|number| {
        number.is_valid() && number.format().mode(phonenumber::Mode::E164).to_string() == e164
    })
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
