use std::path::{Path, PathBuf};

use bella_policy::{Operation, Verdict};
use clap::Args as ClapArgs;
use jiff::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Money;
use crate::policies::{Case, Judged};
use crate::render;
use crate::target::StackFile;

/// Check stack files: every problem at once, with its place, without any call to AWS.
///
/// Policies that need no cloud are asked too; exits with 2 for a problem in a file, else with 3 for a denial.
///
/// Example: bella validate stacks/dev.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack files.
    #[arg(required = true, value_name = "STACK")]
    stacks: Vec<PathBuf>,
}

pub(crate) fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let mut failure: Option<CommandError> = None;
    let mut documents = Vec::new();
    for path in &args.stacks {
        let refused = match StackFile::load(path) {
            Ok(file) => {
                let judged = judged(cx, &file)?;
                documents.push(json!({
                    "file": path, "valid": true, "resources": file.graph.len(), "policy": judged.verdicts,
                }));
                say(cx, path, &file, &judged.verdicts);
                judged.refusal()
            }
            Err(error) => {
                documents.push(json!({"file": path, "valid": false, "errors": error.lines}));
                Some(error)
            }
        };
        failure = match (failure, refused) {
            (Some(all), Some(one)) => Some(both(all, one)),
            (all, one) => all.or(one),
        };
    }
    if cx.ui.json {
        cx.ui.document(&documents);
        return Ok(failure.map_or(Exit::Done, |failure| failure.exit));
    }
    failure.map_or(Ok(Exit::Done), Err)
}

fn judged(cx: &Context, file: &StackFile) -> Result<Judged, CommandError> {
    let case = Case {
        graph: &file.graph,
        plan: None,
        deltas: &[],
        money: &Money::of(file)?,
        operation: Operation::Validate,
        rehearsal: cx.global.sandbox || cx.global.endpoint().is_some(),
        now: Timestamp::now(),
    };
    Judged::of(cx, file, &case)
}

fn say(cx: &Context, path: &Path, file: &StackFile, verdicts: &[Verdict]) {
    if cx.ui.json {
        return;
    }
    let name = &file.loaded.stack.stack;
    cx.ui.data(&format!(
        "{}: {name} is valid, {} resources",
        path.display(),
        file.graph.len()
    ));
    if !verdicts.is_empty() {
        let verdicts = render::policy::paragraph(&cx.ui, verdicts);
        cx.ui.note(verdicts.trim_end());
    }
}

/// Two failures as one; a problem in a file goes before a denial.
fn both(mut all: CommandError, one: CommandError) -> CommandError {
    if one.exit == Exit::Usage {
        all.exit = Exit::Usage;
    }
    all.lines.extend(one.lines);
    all.hints.extend(one.hints);
    all
}
