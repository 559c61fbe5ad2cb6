use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use bella_engine::ledger::{Event, Ledger};
use bella_stack::{Unreachable, unreachable_live};
use clap::Args as ClapArgs;
use serde_json::json;

use super::provision::{command, quoted};
use crate::context::Context;
use crate::deploy::{Deployment, Source, Talk, Went, require};
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Put a new version of the booking service into a stack, or leave the one that serves.
///
/// Builds the service and its image, pushes it, migrates the database, rolls it out, and proves with a
/// signed pretend call that it serves. Whatever fails, the version before serves again, the cause is
/// said, and the exit code is not 0.
///
/// Example: bella deploy stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// An image that is in a registry already, by digest.
    #[arg(long, value_name = "REF", conflicts_with = "binary")]
    image: Option<String>,
    /// The service as a program that was built elsewhere.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
    /// How long the new version may take to serve, such as 90s or 15m.
    #[arg(long, value_name = "DURATION", default_value = DEFAULT_TIMEOUT, value_parser = duration)]
    timeout: Duration,
}

/// Pulling the image and starting take a minute or two on Fargate, draining the tasks before as long again.
pub(crate) const DEFAULT_TIMEOUT: &str = "15m";

/// A number of seconds, minutes or hours.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: Result<bella_stack::value::Duration, _> = text.parse();
    parsed
        .map(|span| Duration::from_secs(span.seconds()))
        .map_err(|why| why.to_string())
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let run = session.begin("deploy").await?;
    let again = again(cx, args);
    let planned = session.plan(&BTreeSet::new()).await?;
    let gaps = unreachable_live(&planned.live);
    if !gaps.is_empty() {
        return Err(cut_off(cx, args, &gaps));
    }
    if !planned.plan.is_empty() {
        return Err(pending(cx, args, planned.plan.changes.len()));
    }
    let before = session.running(&planned.live).await?;
    let talk = Talk { ui: &cx.ui };
    let values = require(cx, &session, &run, talk).await?;
    let source = match (&args.image, &args.binary) {
        (Some(image), _) => Source::Image(image.clone()),
        (None, Some(binary)) => Source::Binary(binary.clone()),
        (None, None) => Source::Nearest,
    };
    let image = source.image(cx, &session, &planned.live, talk).await?;
    let deployment = Deployment {
        cx,
        session: &session,
        run: &run,
        values: &values,
        talk,
        before,
        again: again.clone(),
        options: options(cx, &args.stack),
        timeout: args.timeout,
    };
    let went = deployment.carry_out(&planned.live, &image, true).await?;
    conclude(cx, &session, &run, &image, went, &again).await
}

/// The end of a run that rolled something out.
pub(crate) async fn conclude(
    cx: &Context,
    session: &Session,
    run: &bella_aws::ledger::Run,
    image: &str,
    went: Went,
    again: &str,
) -> Result<Exit, CommandError> {
    let (outcome, serves) = match &went {
        Went::Well => ("done", Some(image.to_owned())),
        Went::Back { serves, .. } => ("failed", serves.clone()),
    };
    run.append(Event::Ended {
        outcome: outcome.to_owned(),
        done: usize::from(outcome == "done"),
        failed: usize::from(outcome != "done"),
        skipped: 0,
    })
    .await?;
    session.note_calls(cx);
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "asked": image, "serves": serves, "outcome": outcome,
        }));
    }
    match went {
        Went::Well => {
            if !cx.ui.json {
                cx.ui.data(&format!("{} serves {image}", session.stack));
            }
            Ok(Exit::Done)
        }
        Went::Back { .. } if cx.ui.json => Ok(Exit::Failed),
        Went::Back { why, serves } => {
            let what = match serves {
                Some(before) => format!("{} serves {before}, as before", session.stack),
                None => format!(
                    "{} serves nothing: there was no version before",
                    session.stack
                ),
            };
            Err(CommandError {
                exit: why.exit,
                lines: vec![format!("{image} was not deployed"), what],
                hints: vec![format!("once the cause is mended: {again}")],
            })
        }
    }
}

/// What follows a command's verb when it is about this stack.
pub(crate) fn options(cx: &Context, stack: &str) -> String {
    let whole = command(cx, "VERB", stack);
    let options = whole.split_once("VERB ").map(|(_, options)| options);
    options.unwrap_or(stack).to_owned()
}

fn again(cx: &Context, args: &Args) -> String {
    let mut text = command(cx, "deploy", &args.stack);
    if let Some(image) = &args.image {
        text.push_str(&format!(" --image {}", quoted(image)));
    }
    if let Some(binary) = &args.binary {
        text.push_str(&format!(
            " --binary {}",
            quoted(&binary.display().to_string())
        ));
    }
    text
}

/// A version that cannot reach what it needs is not rolled out.
fn cut_off(cx: &Context, args: &Args, gaps: &[Unreachable]) -> CommandError {
    let mut error = CommandError::new(
        Exit::Failed,
        "nothing was deployed: a version could not serve on the stack as it is now".to_owned(),
    );
    error.lines.extend(gaps.iter().map(ToString::to_string));
    error
        .hint(format!(
            "put back what was changed: {}",
            command(cx, "provision", &args.stack)
        ))
        .hint(format!(
            "see what was changed: {}",
            command(cx, "drift", &args.stack)
        ))
}

fn pending(cx: &Context, args: &Args, changes: usize) -> CommandError {
    CommandError::new(
        Exit::Changes,
        format!(
            "{changes} changes of {} are not provisioned yet, and a deployment changes only the version",
            args.stack
        ),
    )
    .hint(command(cx, "provision", &args.stack))
}
