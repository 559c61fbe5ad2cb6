use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bella_aws::ledger::Run;
use bella_aws::manual;
use bella_deploy::{Asked, Deployment, Source, Went};
use bella_engine::address::Address;
use bella_engine::apply::Report;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_engine::progress::Outcome;
use bella_policy::Operation;
use bella_stack::asleep;
use clap::Args as ClapArgs;
use serde_json::json;

use super::deploy;
use crate::context::Context;
use crate::deploy::{self as versions, Here};
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::policies::permitted;
use crate::render::{self, progress::Listener, report};
use crate::saved::FromFile;
use crate::session::Session;
use crate::target::Target;

/// Make the stack what its file says.
///
/// Shows the plan, asks, and carries it out; then deploys the booking service, where no version of it
/// runs yet. Interrupted or failed, the same command goes on where it stopped.
///
/// Example: bella provision stacks/dev.yaml --sandbox --yes
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Let a protected object be replaced or deleted; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    unprotect: Vec<String>,
    /// Carry out this saved plan without asking, or refuse when the stack file or the cloud moved
    /// since.
    #[arg(long, value_name = "FILE", conflicts_with = "unprotect")]
    plan: Option<PathBuf>,
    /// Make the stack although one of its name exists in another region.
    #[arg(long)]
    accept_second_region: bool,
    /// Provision although the stack is estimated over its budget; the reason is recorded.
    #[arg(long, value_name = "REASON")]
    accept_over_budget: Option<String>,
    /// Deploy this image, as `bella deploy --image` does; also where a version runs already.
    #[arg(long, value_name = "REF")]
    image: Option<String>,
    /// Deploy nothing. Nor does a saved plan, which is carried out as it is.
    #[arg(long, conflicts_with = "image")]
    no_deploy: bool,
    /// Where the stack has no file of its own: the command that makes it.
    #[arg(skip)]
    made_by: Option<String>,
}

impl Args {
    /// For a stack without a file of its own, which `made_by` makes, after its plan was carried out once without being asked.
    pub(crate) fn made_by(
        made_by: String,
        stack: &str,
        yes: bool,
        (image, accept_over_budget): (Option<String>, Option<String>),
    ) -> Self {
        Self {
            stack: stack.to_owned(),
            yes,
            unprotect: Vec::new(),
            plan: None,
            accept_second_region: false,
            accept_over_budget,
            image,
            no_deploy: false,
            made_by: Some(made_by),
        }
    }

    /// A command about this stack; those that read a stack file are all the one that makes it, where it has none.
    fn command(&self, cx: &Context, verb: &str) -> String {
        match &self.made_by {
            Some(made_by) if matches!(verb, "plan" | "provision" | "deploy") => made_by.clone(),
            _ => command(cx, verb, &self.stack),
        }
    }
}

/// How long the version may take to serve.
const WITHIN: Duration = Duration::from_secs(15 * 60);

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let saved = args.plan.as_deref().map(FromFile::read).transpose()?;
    let unprotect = match &saved {
        Some(saved) => saved.unprotect(),
        None => unprotected(&args.unprotect)?,
    };
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    make(cx, args, &session, saved, &unprotect).await
}

/// Makes the stack of a session what its file says.
///
/// # Errors
/// As of the command.
pub(crate) async fn make(
    cx: &Context,
    args: &Args,
    session: &Session,
    saved: Option<FromFile>,
    unprotect: &BTreeSet<Address>,
) -> Result<Exit, CommandError> {
    let accepted = accepted(cx, args, session)?;
    let run = session.begin("provision").await?;
    if let Some(event) = accepted {
        run.append(event).await?;
    }
    let mut planned = session.plan(unprotect).await?;
    if let Some(saved) = &saved {
        let renew = args.command(cx, "plan");
        saved.check(&session.saved(&planned, unprotect), &renew)?;
    }
    session
        .refuse_second_region(&planned.live, args.accept_second_region)
        .await?;
    session.note_gaps(cx);
    let found = (&planned.live, planned.applied.as_ref());
    session.note_absent(cx, found, &args.stack)?;
    let priced = session.priced(&planned)?;
    // Whoever saved the plan has looked at it.
    let answered = args.yes || saved.is_some();
    let wanted = (&planned, args.image.as_deref());
    let judged = session.judge(cx, wanted, priced.as_ref(), Operation::Provision)?;
    let verdicts = judged.as_ref().map_or(&[][..], |judged| &judged.verdicts);
    cx.ui.before_question(
        answered || planned.plan.is_empty(),
        &render::plan::text(&cx.ui, &planned.plan, priced.as_ref(), verdicts),
    );
    planned.gate = permitted(judged)?;
    fits(cx, args, session, &run, &planned).await?;
    if !planned.plan.is_empty() {
        cx.ui.confirm(answered, "\nCarry out this plan?")?;
    }
    let began = Instant::now();
    let listener = Listener::new(&cx.ui, planned.plan.steps.len(), session.usual(&planned));
    let report = session.carry_out(&run, &planned, &listener).await?;
    listener.finish();
    session.note_calls(cx);
    if !report.is_complete() {
        let unprotect: Vec<String> = unprotect.iter().map(ToString::to_string).collect();
        let command = args.command(cx, "provision");
        let mut resume = again(command, answered, &unprotect);
        if let Some(reason) = &args.accept_over_budget {
            resume.push_str(&format!(" --accept-over-budget {}", quoted(reason)));
        }
        return report::unfinished(&cx.ui, &report, &resume);
    }
    let took = began.elapsed();
    if !cx.ui.json && !planned.plan.is_empty() {
        cx.ui.note(&format!(
            "\nProvisioned: {} changes made in {:.1} s.",
            planned.plan.changes.len(),
            took.as_secs_f64()
        ));
    }
    let outputs = session.outputs(&report.outputs);
    let deployed = deployed(cx, args, session, &run, &planned).await?;
    if cx.ui.json {
        let mut summary = report::summary(&report, &outputs, None);
        summary["cost"] = json!(priced.as_ref().map(|one| render::cost::summary(&one.money)));
        cx.ui.line(&summary);
    } else {
        let serves = match &deployed {
            Some(asked) => matches!(asked.went, Went::Well),
            None => planned.image.is_some(),
        };
        finish(cx, args, &outputs, serves).await?;
        prerequisites(cx, &planned.live, &report);
    }
    match deployed {
        Some(asked) => {
            let again = args.command(cx, "deploy");
            deploy::conclude(cx, session, &run, asked, &again).await
        }
        None => Ok(Exit::Done),
    }
}

/// What only a person can do before all of it works.
fn prerequisites(cx: &Context, live: &Live, report: &Report) {
    let made = report
        .steps
        .iter()
        .filter_map(|(address, _, outcome)| match outcome {
            Outcome::Done(id) => Some((address.kind(), id.as_str())),
            Outcome::Failed(_) | Outcome::Skipped(_) => None,
        });
    let steps = manual::steps(manual::all(live).chain(made));
    if !steps.is_empty() {
        cx.ui
            .note(&format!("\nLeft to do by hand:\n  {}", steps.join("\n  ")));
    }
}

/// What is recorded of a stack over its budget that somebody wants all the same.
///
/// # Errors
/// It is over its budget and nobody accepted that, or the reason is empty.
fn accepted(cx: &Context, args: &Args, session: &Session) -> Result<Option<Event>, CommandError> {
    let reason = args.accept_over_budget.as_deref().map(str::trim);
    if reason == Some("") {
        return Err(CommandError::usage("--accept-over-budget needs a reason")
            .hint("say why, in words that the history can show"));
    }
    let Some(money) = session.money()? else {
        return Ok(None);
    };
    let Some(by_usd) = money.over_usd() else {
        if let Some(warning) = money.warning() {
            cx.ui.note(&warning);
        }
        return Ok(None);
    };
    match reason {
        Some(reason) => Ok(Some(Event::OverBudget {
            by: session.caller.arn.clone(),
            reason: reason.to_owned(),
            estimate_usd: money.usd(),
            over_usd: by_usd,
        })),
        None => match session.refusal(&args.command(cx, "provision"), &money) {
            Some(refusal) => Err(refusal),
            None => Ok(None),
        },
    }
}

/// Refuses an image that could not run on the stack, before the stack is made.
async fn fits(
    cx: &Context,
    args: &Args,
    session: &Session,
    run: &Run,
    planned: &Planned,
) -> Result<(), CommandError> {
    let Some(image) = &args.image else {
        return Ok(());
    };
    let again = args.command(cx, "provision");
    let here = Here::new(cx, session, run, &args.stack, again)?;
    bella_deploy::fits(&here, &planned.live, image).await
}

/// The version that was asked for, or the stack's first.
async fn deployed(
    cx: &Context,
    args: &Args,
    session: &Session,
    run: &Run,
    planned: &Planned,
) -> Result<Option<Asked<CommandError>>, CommandError> {
    if args.no_deploy || args.plan.is_some() && args.image.is_none() {
        return Ok(None);
    }
    let again = args.command(cx, "deploy");
    let here = Here::new(cx, session, run, &args.stack, again)?;
    session.lend().await?;
    let source = match &args.image {
        Some(image) => Some(Source::Image(image.clone())),
        None => versions::first(cx, session, &here, planned).await?,
    };
    let Some(source) = source else {
        return Ok(None);
    };
    // By what was there before: what was made just now may not be listed yet.
    if asleep(&planned.live) {
        let found = (&planned.live, planned.applied.as_ref());
        session.refuse_at_rest(cx, found, &args.stack).await?;
    }
    let live = session.look().await?;
    let deployment = Deployment::of(&here, live, WITHIN).await?;
    Ok(Some(deployment.deploy(&source).await?))
}

async fn finish(
    cx: &Context,
    args: &Args,
    outputs: &[(String, String)],
    serves: bool,
) -> Result<(), CommandError> {
    cx.ui.note("\nOutputs:");
    for (name, value) in outputs {
        cx.ui.data(&format!("{name} = {value}"));
    }
    cx.ui.note("\nNext:");
    let verbs = match &args.made_by {
        None => ["plan", "status", "teardown"].as_slice(),
        Some(_) => &["status", "why", "ephemeral down"],
    };
    for verb in verbs {
        cx.ui.note(&format!("  {}", args.command(cx, verb)));
    }
    let public = outputs.iter().find(|(name, _)| name == "url");
    if let (true, Some((_, public))) = (serves, public)
        && let Some(call) = versions::pretend_call(cx, public).await?
    {
        cx.ui
            .note(&format!("\nA pretend call that books:\n  {call}"));
    }
    Ok(())
}

/// A command line as this run's own was typed.
pub(crate) fn command(cx: &Context, verb: &str, stack: &str) -> String {
    let mut text = format!("{} {verb} {}", program(), quoted(stack));
    let global = &cx.global;
    if global.sandbox {
        text.push_str(" --sandbox");
    }
    for (flag, value) in [
        ("--endpoint-url", &global.endpoint_url),
        ("--profile", &global.profile),
        ("--region", &global.region),
        ("--ledger", &global.ledger),
    ] {
        if let Some(value) = value {
            text.push_str(&format!(" {flag} {}", quoted(value)));
        }
    }
    if let Some(folder) = &global.policies {
        text.push_str(&format!(
            " --policies {}",
            quoted(&folder.display().to_string())
        ));
    }
    text
}

/// How this program was called: by its name, or through `cargo run`, which says so to it.
fn program() -> &'static str {
    let through_cargo = std::env::var_os("CARGO").is_some()
        && std::env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == "bella");
    match through_cargo {
        true => "cargo run --release --",
        false => "bella",
    }
}

/// The command that goes on with a run: with the answers it was given.
pub(crate) fn again(mut command: String, yes: bool, unprotect: &[String]) -> String {
    for address in unprotect {
        command.push_str(&format!(" --unprotect {}", quoted(address)));
    }
    if yes {
        command.push_str(" --yes");
    }
    command
}

/// A word as a shell reads it back.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Addresses given with --unprotect.
pub(crate) fn unprotected(texts: &[String]) -> Result<BTreeSet<Address>, CommandError> {
    texts
        .iter()
        .map(|text| {
            Address::parse(text)
                .map_err(|err| CommandError::usage(format!("--unprotect {text}: {err}")))
        })
        .collect()
}
