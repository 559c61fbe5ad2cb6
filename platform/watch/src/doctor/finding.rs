use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Well,
    /// Not so.
    Wrong,
    /// It could not be found out.
    Unknown,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check: `credentials`, `clock` …
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// In a sentence.
    pub said: String,
    /// The command that mends it, or finds it out.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn well(check: &'static str, said: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Well,
            said: said.into(),
            fix: None,
        }
    }

    /// Something is wrong, and this mends it.
    #[must_use]
    pub fn wrong(check: &'static str, said: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Wrong,
            said: said.into(),
            fix: Some(fix.into()),
        }
    }

    /// It could not be checked, and why.
    #[must_use]
    pub fn unknown(check: &'static str, why: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Unknown,
            said: format!("could not be checked: {}", why.into()),
            fix: None,
        }
    }
}
