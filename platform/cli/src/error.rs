//! Errors as a person reads them, and exit codes. Every conversion is in this file.

use std::process::ExitCode;

use bella_aws::ledger::{LeaseError, StoreError};
use bella_engine::adopt::NotAdopted;
use bella_engine::cloud::CloudError;
use bella_engine::export::ExportProblem;
use bella_engine::graph::GraphProblem;
use bella_engine::ledger::LedgerError;
use bella_engine::live::LookError;
use bella_engine::plan::Refusal;
use bella_sandbox::SandboxError;
use bella_stack::Problems;

/// Exit codes, a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// An operation failed.
    Failed = 1,
    /// Bad usage or stack file.
    Usage = 2,
    /// Denied by policy or protection.
    Denied = 3,
    /// Over budget.
    OverBudget = 4,
    /// Locked by another run.
    Locked = 5,
    /// Changes are pending.
    Changes = 6,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What went wrong, in lines, with the next command to type.
#[derive(Clone, Debug)]
pub(crate) struct CommandError {
    pub(crate) exit: Exit,
    /// What was tried and what came back.
    pub(crate) lines: Vec<String>,
    /// What to do.
    pub(crate) hints: Vec<String>,
}

impl CommandError {
    pub(crate) fn new(exit: Exit, line: impl Into<String>) -> Self {
        Self {
            exit,
            lines: vec![line.into()],
            hints: Vec::new(),
        }
    }

    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self::new(Exit::Usage, line)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<CloudError> for CommandError {
    fn from(error: CloudError) -> Self {
        Self {
            exit: Exit::Failed,
            lines: vec![error.to_string()],
            hints: error.hint.into_iter().collect(),
        }
    }
}

impl From<Vec<LookError>> for CommandError {
    fn from(errors: Vec<LookError>) -> Self {
        let mut hints: Vec<String> = errors
            .iter()
            .filter_map(|e| e.source.hint.clone())
            .collect();
        hints.dedup();
        Self {
            exit: Exit::Failed,
            lines: errors.iter().map(ToString::to_string).collect(),
            hints,
        }
    }
}

impl From<Vec<GraphProblem>> for CommandError {
    fn from(problems: Vec<GraphProblem>) -> Self {
        Self {
            exit: Exit::Usage,
            lines: problems.iter().map(ToString::to_string).collect(),
            hints: Vec::new(),
        }
    }
}

impl From<Vec<ExportProblem>> for CommandError {
    fn from(problems: Vec<ExportProblem>) -> Self {
        Self {
            exit: Exit::Failed,
            lines: problems.iter().map(ToString::to_string).collect(),
            hints: vec![
                "bring the stack to its file with `bella provision` first, or export it by its name, as it is"
                    .to_owned(),
            ],
        }
    }
}

impl From<Vec<Refusal>> for CommandError {
    fn from(refusals: Vec<Refusal>) -> Self {
        let protection = refusals.iter().any(Refusal::is_protection);
        Self {
            exit: if protection {
                Exit::Denied
            } else {
                Exit::Failed
            },
            lines: refusals.iter().map(ToString::to_string).collect(),
            hints: refusals.iter().map(Refusal::hint).collect(),
        }
    }
}

impl From<NotAdopted> for CommandError {
    fn from(refusal: NotAdopted) -> Self {
        let exit = match refusal {
            NotAdopted::Undeclared { .. } | NotAdopted::NotByTags { .. } => Exit::Usage,
            _ if refusal.is_protection() => Exit::Denied,
            _ => Exit::Failed,
        };
        Self::new(exit, refusal.to_string()).hint(refusal.hint())
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Lease(error) => error.into(),
            StoreError::NoBucket { .. } => Self::new(Exit::Failed, text)
                .hint("make it, once for an account and region, with: bella bootstrap --region REGION"),
            // A bucket's refusals bring their own.
            StoreError::Storage { hint, .. } => Self::new(Exit::Failed, text).hint(
                hint.unwrap_or_else(|| "check the folder's permissions and free space, or name another with --ledger PLACE".to_owned()),
            ),
        }
    }
}

impl From<LeaseError> for CommandError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Held { .. } => Self::new(Exit::Locked, error.to_string())
                .hint("wait for it to end; if its process is gone, `bella unlock STACK` says so"),
            LeaseError::Io { .. } => Self::new(Exit::Failed, error.to_string()).hint(
                "check the folder's permissions and free space, or name another with --ledger PLACE",
            ),
        }
    }
}

impl From<LedgerError> for CommandError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::LeaseLost => Self::new(Exit::Locked, error.to_string())
                .hint("`bella history STACK` says who acts now; repeat the command when that run has ended"),
            LedgerError::Write { .. } => Self::new(Exit::Failed, error.to_string()),
        }
    }
}

impl From<SandboxError> for CommandError {
    fn from(error: SandboxError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<Problems> for CommandError {
    fn from(problems: Problems) -> Self {
        let lines: Vec<String> = problems
            .as_slice()
            .iter()
            .map(ToString::to_string)
            .collect();
        let count = lines.len();
        Self {
            exit: Exit::Usage,
            lines,
            hints: vec![format!(
                "{count} problem{} in the stack file; `bella schema` describes every field",
                if count == 1 { "" } else { "s" }
            )],
        }
    }
}
