//! Yes, no, and what is neither.

/// What an answer to a yes-or-no question means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An unreserved yes.
    Yes,
    /// A no, in whatever words.
    No,
    /// Neither: doubt, a question, something else.
    Unclear,
}

/// What a caller's words say as an answer to a yes-or-no question.
pub fn understand(text: &str) -> Answer {
    match text.trim().to_lowercase().as_str() {
        "yes" => Answer::Yes,
        "no" => Answer::No,
        _ => Answer::Unclear,
    }
}
