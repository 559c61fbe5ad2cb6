use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use bella_deploy::{Asked, Deployment, Site as _, Source, Went, provisioned};
use bella_engine::ledger::{Event, Ledger};
use bella_policy::Operation;
use clap::Args as ClapArgs;
use serde_json::json;

use super::provision::{command, quoted};
use crate::context::Context;
use crate::deploy::Here;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::policies::permitted;
use crate::render;
use crate::session::Session;
use crate::target::Target;

/// Put a new version of the booking service into a stack, or leave the one that serves.
///
/// Builds the service and its image, pushes it, migrates the database, rolls it out, and proves with a
/// signed pretend call that it serves. Whatever fails, the version before serves again, the cause is
/// said, and the exit code is not 0.
///
/// Policies are asked first; exits with 3 when one denies it.
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
    let here = Here::new(cx, &session, &run, &args.stack, again(cx, args))?;
    let planned = session.plan(&BTreeSet::new()).await?;
    let found = (&planned.live, planned.applied.as_ref());
    session.refuse_at_rest(cx, found, &args.stack).await?;
    provisioned(&here, &planned.live, planned.plan.changes.len()).await?;
    judged(cx, &session, (&planned, args.image.as_deref()))?;
    let source = match (&args.image, &args.binary) {
        (Some(image), _) => Source::Image(image.clone()),
        (None, Some(binary)) => Source::Binary(binary.clone()),
        (None, None) => Source::Nearest,
    };
    let deployment = Deployment::of(&here, planned.live, args.timeout).await?;
    let asked = deployment.deploy(&source).await?;
    conclude(cx, &session, &run, asked, here.again()).await
}

/// Asks the policies before anything is built. Plans of the deployment itself are not judged: one of them may bring back the
/// version before.
fn judged(
    cx: &Context,
    session: &Session,
    (planned, image): (&Planned, Option<&str>),
) -> Result<(), CommandError> {
    let priced = session.priced(planned)?;
    let judged = session.judge(cx, (planned, image), priced.as_ref(), Operation::Deploy)?;
    if let Some(judged) = judged.as_ref().filter(|one| !one.verdicts.is_empty()) {
        cx.ui
            .note(render::policy::paragraph(&cx.ui, &judged.verdicts).trim_end());
    }
    permitted(judged).map(|_gate| ())
}

/// The end of a run that rolled something out.
pub(crate) async fn conclude(
    cx: &Context,
    session: &Session,
    run: &bella_aws::ledger::Run,
    asked: Asked<CommandError>,
    again: &str,
) -> Result<Exit, CommandError> {
    let Asked { image, went } = asked;
    let (outcome, serves) = match &went {
        Went::Well => ("done", Some(image.clone())),
        Went::Back { serves, .. } => ("failed", serves.clone()),
        Went::Lost { .. } => ("failed", None),
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
        Went::Back { .. } | Went::Lost { .. } if cx.ui.json => Ok(Exit::Failed),
        Went::Lost { mut back, .. } => {
            back.lines
                .insert(0, "the version before does not serve either".to_owned());
            Err(back.hint(format!("once the cause is mended: {again}")))
        }
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
