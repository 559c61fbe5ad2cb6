use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bella_policy::{FOLDER, Operation, State, read, schema, test};
use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::policies::{Case, Judged, counted};
use crate::render;
use crate::session::Session;
use crate::target::Target;

/// What policies say of a plan, and the policies' own tests.
///
/// Example: bella policy check stacks/prod.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Verdicts on what provision would do now; exits with 3 when it would be denied.
    ///
    /// Example: bella policy check stacks/prod.yaml --at 2026-12-24T20:00:00-05:00
    Check {
        /// Stack file.
        stack: String,
        /// Judge as if it were that time, and as if the cloud were AWS itself.
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
        /// Print what policies see instead: their `input`, as JSON.
        #[arg(long)]
        input: bool,
    },
    /// Run the rules named `test_…` of the files named `…_test.rego`; exits with 1 when one fails.
    ///
    /// Example: bella policy test policies
    Test {
        /// Folder of the policies.
        #[arg(default_value = FOLDER)]
        dir: PathBuf,
    },
    /// JSON Schema of what policies see.
    ///
    /// Example: bella policy schema
    Schema,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.what {
        What::Check { stack, at, input } => check(cx, stack, *at, *input).await,
        What::Test { dir } => tests(cx, dir),
        What::Schema => {
            cx.ui.document(&schema());
            Ok(Exit::Done)
        }
    }
}

async fn check(
    cx: &Context,
    stack: &str,
    at: Option<Timestamp>,
    input: bool,
) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(stack)?).await?;
    let file = session.file()?;
    // What is protected is judged by its policies here, not by the plan's refusal.
    let planned = session.plan(&BTreeSet::new()).await?;
    let priced = session.priced(&planned)?;
    let priced = priced.ok_or_else(|| CommandError::usage("this command needs a stack file"))?;
    let judged = Judged::of(
        cx,
        file,
        &Case {
            graph: &planned.graph,
            plan: Some(&planned.plan),
            deltas: &priced.deltas,
            money: &priced.money,
            operation: Operation::Provision,
            rehearsal: at.is_none() && !session.is_aws(),
            now: at.unwrap_or_else(Timestamp::now),
        },
    )?;
    session.note_calls(cx);
    if input {
        cx.ui.document(&judged.gate.document);
        return Ok(Exit::Done);
    }
    let denied = judged.count(State::Denied);
    let names = judged.gate.set.names();
    if cx.ui.json {
        cx.ui.document(&json!({
            "stack": session.stack,
            "policies": names,
            "policy": judged.verdicts,
        }));
    } else {
        cx.ui.data(&format!(
            "{}{}: {denied} denied, {} excepted, {} warned, {} checked before the call.",
            render::policy::paragraph(&cx.ui, &judged.verdicts),
            match names.len() {
                1 => "1 policy".to_owned(),
                many => format!("{many} policies"),
            },
            judged.count(State::Excepted),
            judged.count(State::Warned),
            judged.count(State::Unknown),
        ));
    }
    Ok(if denied > 0 { Exit::Denied } else { Exit::Done })
}

fn tests(cx: &Context, dir: &Path) -> Result<Exit, CommandError> {
    let run = test(&read(dir)?)?;
    let failed = run.failures().count();
    let passed = run.tests.len() - failed;
    if cx.ui.json {
        let failures: Vec<_> = run
            .failures()
            .map(|one| json!({"file": one.path, "line": one.line, "rule": one.name, "why": one.failure}))
            .collect();
        cx.ui
            .document(&json!({"passed": passed, "failed": failed, "failures": failures}));
    } else {
        for one in run.failures() {
            let why = one.failure.as_deref().unwrap_or_default();
            cx.ui
                .data(&format!("{}:{}: {} {why}", one.path, one.line, one.name));
        }
        cx.ui.data(&format!(
            "{} passed, {failed} failed.",
            counted(passed, "test")
        ));
    }
    if run.tests.is_empty() {
        return Err(
            CommandError::usage(format!("{} has no tests", dir.display()))
                .hint("tests are rules named test_… in files named …_test.rego"),
        );
    }
    Ok(if failed > 0 { Exit::Failed } else { Exit::Done })
}
