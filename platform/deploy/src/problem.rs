//! Why a deployment does not go on.

use bella_aws::rollout::cause::Finding;
use bella_image::ImageError;

/// What kind of end it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// An operation failed.
    Failed,
    /// What was asked for cannot be done.
    Usage,
    /// The stack is not as its file says.
    Pending,
    /// A person stopped it.
    Interrupted,
}

/// What was tried, what came back, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct Problem {
    /// What kind of end it is.
    pub ends: Ends,
    /// What was tried and what came back.
    pub lines: Vec<String>,
    /// What to do, most often a command to type.
    pub hints: Vec<String>,
}

impl Problem {
    /// An operation that failed.
    #[must_use]
    pub fn failed(line: impl Into<String>) -> Self {
        Self::of(Ends::Failed, line)
    }

    /// Something that cannot be done as it was asked for.
    #[must_use]
    pub fn usage(line: impl Into<String>) -> Self {
        Self::of(Ends::Usage, line)
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same with what speaks for a cause, and its fix.
    #[must_use]
    pub(crate) fn because(mut self, finding: &Finding) -> Self {
        let (lines, hints) = told(finding);
        let new = |line: &String| !self.lines.iter().any(|said| said.contains(line));
        let lines: Vec<String> = lines.into_iter().filter(new).collect();
        self.lines.extend(lines);
        self.hints.extend(hints);
        self
    }

    pub(crate) fn of(ends: Ends, line: impl Into<String>) -> Self {
        Self {
            ends,
            lines: vec![line.into()],
            hints: Vec::new(),
        }
    }
}

/// A cause in lines, and what to do about it.
pub(crate) fn told(finding: &Finding) -> (Vec<String>, Vec<String>) {
    let evidence = finding
        .evidence
        .iter()
        .map(|line| format!("{} {}", line.at.strftime("%H:%M:%S"), line.text));
    let lines = std::iter::once(finding.sentence.clone()).chain(evidence);
    let fix = [finding.fix.first.clone(), Some(finding.fix.command.clone())];
    (lines.collect(), fix.into_iter().flatten().collect())
}

impl From<ImageError> for Problem {
    fn from(error: ImageError) -> Self {
        let text = error.to_string();
        let mut parts = text.split("\n  next: ");
        let mut made = Self::failed(parts.next().unwrap_or_default());
        made.hints.extend(parts.map(str::to_owned));
        made
    }
}
