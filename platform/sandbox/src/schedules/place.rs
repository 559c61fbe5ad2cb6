use serde::{Deserialize, Serialize};

/// Where something lives, and on whose behalf it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Twelve digits.
    pub(crate) account: String,
    pub(crate) region: String,
}
