//! What interpreting words gives.

/// The meaning of words, or why they have none that can be acted on.
pub type Understood<T> = Result<T, NotUnderstood>;

/// Why words were not understood; the text is for logs and tests, never spoken to a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Lower case, no final stop: `the day is missing`.
    pub reason: String,
}

impl NotUnderstood {
    /// Says why.
    pub fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for NotUnderstood {}
