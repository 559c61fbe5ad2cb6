use bella_aws::adopt::{is_listed, object, release};
use bella_aws::kinds::KINDS;
use bella_engine::address::Address;
use bella_engine::adopt::{Request, adopt};
use bella_engine::plan::Plan;
use bella_engine::resource::{Observed, find_kind};
use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::provision::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::render::{self, progress::Listener, report};
use crate::session::Session;
use crate::target::Target;

/// Bring an existing object in: it gets the stack's tags, and nothing else is changed.
///
/// The stack file has to declare the address. What the object differs in is shown by the next plan.
/// An object that carries another stack's tags is refused.
///
/// Example: bella adopt stacks/dev.yaml log_group.service /bella/bella-dev/service --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Where the stack file declares it, as kind.name.
    address: String,
    /// The object's id, as AWS names it.
    id: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let address = Address::parse(&args.address)
        .map_err(|err| CommandError::usage(format!("{}: {err}", args.address)))?;
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let run = session.begin("adopt").await?;
    let live = session.look().await?;
    let applied = session.store.applied(&session.place).await?;
    let kind = find_kind(KINDS, address.kind());
    let found = match kind {
        Some(kind) => object(&session.aws, kind, &address, &args.id).await?,
        None => None,
    };
    let graph = session.desired(&live).await?;
    let plan = adopt(&Request {
        catalog: KINDS,
        graph: &graph,
        live: &live,
        tags: &session.tags(),
        address: &address,
        id: &args.id,
        object: found.as_ref(),
    })?;
    let (Some(kind), Some(before), false) = (kind, found, plan.is_empty()) else {
        return Ok(conclude(cx, args, &address, "already"));
    };
    cx.ui
        .before_question(args.yes, &render::plan::removal(&cx.ui, &plan));
    cx.ui.confirm(args.yes, "\nTag it as this stack's?")?;
    let planned = Planned {
        plan,
        graph,
        live,
        applied,
        image: None,
        gate: None,
    };
    let listener = Listener::new(&cx.ui, planned.plan.steps.len(), session.usual(&planned));
    let report = session.carry_out(&run, &planned, &listener).await?;
    listener.finish();
    if !report.is_complete() {
        let again = format!(
            "{} {address} {}",
            command(cx, "adopt", &args.stack),
            args.id
        );
        return report::unfinished(&cx.ui, &report, &again);
    }
    let (aws, stack) = (&session.aws, &session.stack);
    if !is_listed(aws, stack, &address, &args.id, session.lag).await? {
        release(aws, kind, &address, &before, &step_tags(&planned.plan)).await?;
        return Err(unfit(&address, &before));
    }
    session.note_calls(cx);
    Ok(conclude(cx, args, &address, "now"))
}

fn step_tags(plan: &Plan) -> bella_engine::resource::Tags {
    let steps = plan.steps.iter();
    steps.flat_map(|step| step.tags.clone()).collect()
}

fn unfit(address: &Address, before: &Observed<Value>) -> CommandError {
    CommandError::new(
        Exit::Failed,
        format!(
            "{} cannot be {address}: objects of its kind are found by their name, and it is called otherwise; it has its own tags again",
            before.id
        ),
    )
    .hint("let the stack make its own, and move what this one holds")
}

fn conclude(cx: &Context, args: &Args, address: &Address, when: &str) -> Exit {
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "address": address, "id": args.id, "adopted": when == "now",
        }));
        return Exit::Done;
    }
    cx.ui
        .data(&format!("{} is {when} {address} of this stack.", args.id));
    cx.ui.note(&format!(
        "\nWhat it differs in: {}",
        command(cx, "plan", &args.stack)
    ));
    Exit::Done
}
