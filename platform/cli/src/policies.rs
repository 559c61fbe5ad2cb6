//! Policies asked about a stack file and its plan; the same for every command.

use std::path::PathBuf;

use bella_aws::kinds::KINDS;
use bella_engine::graph::Graph;
use bella_engine::plan::Plan;
use bella_engine::resource::{Disposition, find_kind};
use bella_policy::{
    AtCall, Document, FOLDER, Facts, Operation, PolicyError, PolicySet, State, TESTS, Verdict, read,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::{Money, Priced};
use crate::planning::Planned;
use crate::session::Session;
use crate::target::StackFile;

/// What policies say, and what they say it of.
pub(crate) struct Judged {
    /// What is denied first.
    pub(crate) verdicts: Vec<Verdict>,
    /// The stack file, for hints.
    path: PathBuf,
    /// Who is asked again before each call.
    pub(crate) gate: AtCall,
}

/// What is judged.
pub(crate) struct Case<'a> {
    /// What the stack is to be.
    pub(crate) graph: &'a Graph,
    /// The plan; none where no cloud is asked.
    pub(crate) plan: Option<&'a Plan>,
    /// What each of its changes adds.
    pub(crate) deltas: &'a [Decimal],
    /// What the stack costs.
    pub(crate) money: &'a Money,
    pub(crate) operation: Operation,
    /// Whether the cloud is an emulator.
    pub(crate) rehearsal: bool,
    pub(crate) now: Timestamp,
}

impl Judged {
    /// Asks the shipped policies, and those of the folder that is named or lies beside the file.
    ///
    /// # Errors
    /// A policy cannot be read or worked out.
    pub(crate) fn of(
        cx: &Context,
        file: &StackFile,
        case: &Case<'_>,
    ) -> Result<Self, CommandError> {
        let stack = &file.loaded.stack;
        let document = Document::of(&Facts {
            stack,
            tags: &bella_stack::tags(stack),
            graph: case.graph,
            plan: case.plan,
            deltas: case.deltas,
            monthly_usd: case.money.usd(),
            operation: case.operation,
            rehearsal: case.rehearsal,
            now: case.now,
            holds_data: &holds_data,
        });
        let set = set(cx, file)?;
        let exceptions = stack.policy.exceptions.clone();
        Ok(Self {
            verdicts: set.judge(&document, &exceptions)?,
            path: file.path.clone(),
            gate: AtCall {
                set,
                document,
                exceptions,
            },
        })
    }

    /// The refusal, with the fix of each denial; `None` where nothing is denied.
    pub(crate) fn refusal(&self) -> Option<CommandError> {
        let denied: Vec<&Verdict> = self.verdicts.iter().filter(|one| one.denies()).collect();
        let first = denied.first()?;
        let mut error = CommandError::new(
            Exit::Denied,
            format!(
                "{} by policy; nothing was changed",
                counted(denied.len(), "denial")
            ),
        );
        error.lines.extend(
            denied
                .iter()
                .map(|one| format!("{}: {} {}", one.policy, one.address, one.explained())),
        );
        Some(error.hint(format!(
            "if it has to be let through for a while, say who answers for it in {}: policy: {{ exceptions: [ {{ policy: {}, owner: MAILBOX, reason: WHY, expires: YYYY-MM-DD }} ] }}",
            self.path.display(),
            first.policy
        )))
    }

    /// How many verdicts are in that state.
    pub(crate) fn count(&self, state: State) -> usize {
        self.verdicts
            .iter()
            .filter(|one| one.state == state)
            .count()
    }
}

impl Session {
    /// What policies say of a plan, and of the image that is deployed after it; `None` without a stack file.
    ///
    /// # Errors
    /// As [`Judged::of`].
    pub(crate) fn judge(
        &self,
        cx: &Context,
        (planned, image): (&Planned, Option<&str>),
        priced: Option<&Priced>,
        operation: Operation,
    ) -> Result<Option<Judged>, CommandError> {
        let (Some(file), Some(priced)) = (self.file.as_deref(), priced) else {
            return Ok(None);
        };
        let deployed = image.map(|image| file.graph_running(image)).transpose()?;
        let case = Case {
            graph: deployed.as_ref().unwrap_or(&planned.graph),
            plan: Some(&planned.plan),
            deltas: &priced.deltas,
            money: &priced.money,
            operation,
            rehearsal: !self.is_aws(),
            now: Timestamp::now(),
        };
        Judged::of(cx, file, &case).map(Some)
    }
}

impl From<PolicyError> for CommandError {
    fn from(error: PolicyError) -> Self {
        Self::usage(error.to_string())
            .hint("`bella policy test DIR` runs the tests of a folder of policies")
    }
}

/// Who is asked again before each call of a plan that may be carried out.
///
/// # Errors
/// A policy denies the plan.
pub(crate) fn permitted(judged: Option<Judged>) -> Result<Option<AtCall>, CommandError> {
    match judged.as_ref().and_then(Judged::refusal) {
        Some(refusal) => Err(refusal),
        None => Ok(judged.map(|judged| judged.gate)),
    }
}

/// The shipped policies, and those of `--policies` or of the folder beside the stack file.
fn set(cx: &Context, file: &StackFile) -> Result<PolicySet, CommandError> {
    let beside = file.folder().join(FOLDER);
    let folder = match &cx.global.policies {
        Some(folder) => folder.clone(),
        None if beside.is_dir() => beside,
        None => return Ok(PolicySet::of_shipped().clone()),
    };
    let mut files = read(&folder)?;
    files.retain(|file| !file.path.ends_with(TESTS));
    Ok(PolicySet::new(&files)?)
}

fn holds_data(kind: &str) -> bool {
    find_kind(KINDS, kind).is_some_and(|kind| kind.disposition() == Disposition::DataStore)
}

/// `1 denial`, `2 denials`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {word}{s}")
}
