//! Appointments, and what it takes to make one.

use std::fmt;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::name::PersonName;
use crate::phone::Mobile;
use crate::understood::{NotUnderstood, Understood};

/// Twilio's id of a call; it names the call's session, its booking and its lines in the log.
///
/// Twilio's own are `CA` and 32 hexadecimal digits. Up to 64 letters, digits, `_` and `-` are taken, so that pretend
/// calls can be told apart at a glance and the id can be part of a key anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallSid(String);

impl CallSid {
    /// Reads `CallSid` of a webhook.
    ///
    /// # Errors
    /// Empty, longer than 64 characters, or with other characters than letters, digits, `_` and `-`.
    pub fn read(text: &str) -> Understood<Self> {
        let fits = (1..=64).contains(&text.len());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if fits && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotUnderstood::because("not the id of a call"))
        }
    }

    /// Whether the call is a check that the service answers, and no customer's: its id begins with `check-`, as none of Twilio's does.
    ///
    /// What it books is test data: it takes no time from anybody, is told to nobody and is in no figure.
    pub fn is_check(&self) -> bool {
        self.0.starts_with("check-")
    }

    /// As Twilio sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CallSid {
    type Error = NotUnderstood;

    fn try_from(text: String) -> Result<Self, NotUnderstood> {
        Self::read(&text)
    }
}

impl From<CallSid> for String {
    fn from(sid: CallSid) -> Self {
        sid.0
    }
}

impl fmt::Display for CallSid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of an appointment: whatever the database calls it, here only carried.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppointmentId(pub String);

/// An appointment that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Its beginning, in the zone of the business.
    pub start: Zoned,
    /// Its length.
    pub minutes: u16,
}

/// A person who has booked before, found by the number that calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCaller {
    /// Whose number it is.
    pub name: PersonName,
    /// The next appointment that is neither past nor cancelled.
    pub next: Option<Appointment>,
}

/// An appointment that a caller confirmed and that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBooking {
    /// The call that asks for it; a repeat from the same call is the same booking.
    pub call: CallSid,
    /// Who comes.
    pub name: PersonName,
    /// Where the confirmation goes.
    pub mobile: Mobile,
    /// Its beginning.
    pub start: Timestamp,
    /// Its length.
    pub minutes: u16,
    /// Whether it is a trial that is not to be counted as a customer's.
    pub test: bool,
}
