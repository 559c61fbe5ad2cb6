//! What is wrong with a stack file, and where.

use serde::Serialize;
use std::fmt;

/// One thing wrong with one place of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file as it was named on the command line or by `extends`.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Where in the document: `service.cpu`, `alarms[0].when`; empty for the file as a whole.
    pub path: String,
    /// The offending text as it stands in the file; empty where something is missing.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What is allowed there.
    pub allowed: Option<String>,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// The line of the file, without its end; empty where the file could not be read.
    pub source: String,
}

impl Problem {
    /// The problem in one line, without its place in the file.
    pub fn headline(&self) -> String {
        let mut line = String::new();
        if !self.path.is_empty() {
            line.push_str(&self.path);
            line.push_str(": ");
        }
        line.push_str(&self.message);
        if let Some(allowed) = &self.allowed {
            line.push_str(" (allowed: ");
            line.push_str(allowed);
            line.push(')');
        }
        if let Some(suggestion) = &self.suggestion {
            line.push_str("; did you mean `");
            line.push_str(suggestion);
            line.push_str("`?");
        }
        line
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file,
            self.line,
            self.column,
            self.headline()
        )?;
        if self.source.trim().is_empty() {
            return Ok(());
        }
        let before: String = self
            .source
            .chars()
            .take(self.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let rest = self.source.chars().count().saturating_sub(self.column - 1);
        let width = self.text.chars().count().clamp(1, rest.max(1));
        write!(
            f,
            "\n    {}\n    {before}{}",
            self.source,
            "^".repeat(width)
        )
    }
}

/// Everything wrong with a stack file and the files it extends, in the order of the files' lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts the problems by file, line and column and drops repetitions.
    pub fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// The problems, sorted.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
