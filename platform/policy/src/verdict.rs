//! What a rule says of a stack.

use serde::Serialize;

/// What a rule says of one object, or of the stack as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Verdict {
    /// The rule's name, which is its file's.
    pub policy: String,
    /// Which object, or the stack's name.
    pub address: String,
    /// Whether it refuses.
    pub severity: Severity,
    /// How it came to that.
    pub state: State,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// The exception that lets it through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<Excuse>,
}

/// Whether a verdict refuses. Only what is denied, and by nobody excepted, does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is done.
    Deny,
    /// It is said, and done.
    Warn,
}

/// How a verdict came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The rule denies.
    Denied,
    /// The rule denies, and the stack file excepts it.
    Excepted,
    /// The rule warns.
    Warned,
    /// The rule needs a value that AWS decides: it is asked again just before the call.
    Unknown,
}

/// Who answers for an exception, and until when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Excuse {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Its last day, YYYY-MM-DD.
    pub expires: String,
}

impl State {
    /// `deny`, `excepted`, `warn`, `unknown`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Denied => "deny",
            Self::Excepted => "excepted",
            Self::Warned => "warn",
            Self::Unknown => "unknown",
        }
    }
}

impl Verdict {
    /// Whether it refuses.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.severity == Severity::Deny
    }

    /// What is wrong, with what became of it: who excepted it until when, or that it is asked again.
    #[must_use]
    pub fn explained(&self) -> String {
        match (&self.exception, self.state) {
            (Some(by), _) => format!(
                "{}; excepted until {} by {}: {}",
                self.message, by.expires, by.owner, by.reason
            ),
            (None, State::Unknown) => format!("{}; checked before the call", self.message),
            (None, _) => self.message.clone(),
        }
    }
}
