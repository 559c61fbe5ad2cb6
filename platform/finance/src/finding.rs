//! What a reader of a figure has to know about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a finding is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Billed in another currency: in no total.
    Currency,
    /// A price is dated after the moment of the report.
    PriceFromFuture,
    /// An answer, an event or a timestamp is later than the clock that reads it.
    Clock,
    /// A day that was frozen is told differently now.
    RestatedLate,
    /// Cost that no stack's tag is on.
    Untagged,
    /// Something ran for a time that is not known.
    UnknownInterval,
    /// Something was used that has no price.
    Unpriced,
    /// Days of a period for which there is no bill.
    MissingDays,
    /// Too little history to judge.
    TooLittleHistory,
}

/// One thing to know, with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Which kind of thing.
    pub about: About,
    /// The object, usage type, day or currency concerned.
    pub subject: String,
    /// A sentence for the reader.
    pub text: String,
}

impl Finding {
    /// A finding.
    #[must_use]
    pub fn new(about: About, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            about,
            subject: subject.into(),
            text: text.into(),
        }
    }
}
