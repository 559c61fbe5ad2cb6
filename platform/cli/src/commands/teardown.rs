use std::collections::BTreeSet;

use bella_aws::census::{Survivor, Wanted, census, copies};
use bella_aws::protection::{PRODUCTION, production_mark};
use bella_aws::{deploy, host};
use bella_deploy::{LEAVES_WITHIN, Leaving, leaving};
use bella_engine::graph::Graph;
use bella_engine::live::Live;
use bella_stack::EPHEMERAL_TAGS;
use clap::Args as ClapArgs;
use serde_json::json;

use super::provision::{again, command, unprotected};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::{self, progress::Listener, report};
use crate::session::Session;
use crate::target::Target;

/// Remove a stack, then prove that nothing of it is left.
///
/// A stack's name is enough: what belongs to it is found by its tags. The census afterwards asks
/// every service without those tags' help, and lists each survivor.
///
/// Example: bella teardown bella-dev --sandbox --yes
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Let a protected object go; may be repeated. `--unprotect production` for a stack that is
    /// marked as production.
    #[arg(long, value_name = "ADDRESS")]
    unprotect: Vec<String>,
    /// Let data stores go without a last copy; development and ephemeral stacks leave none anyway.
    #[arg(long)]
    skip_final_snapshot: bool,
}

impl Args {
    /// For a stack that is known by its name.
    pub(crate) fn of(stack: &str, yes: bool) -> Self {
        Self {
            stack: stack.to_owned(),
            yes,
            unprotect: Vec::new(),
            skip_final_snapshot: false,
        }
    }
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let (marks, addresses): (Vec<String>, Vec<String>) = args
        .unprotect
        .iter()
        .cloned()
        .partition(|text| text == PRODUCTION);
    let unprotect = unprotected(&addresses)?;
    let mut session = Session::open(cx, Target::parse(&args.stack)?).await?;
    session.skip_copies = args.skip_final_snapshot;
    let run = session.begin("teardown").await?;
    let planned = session
        .plan_graph(Graph::default(), &session.tags(), &unprotect)
        .await?;
    refuse_production(&session, &planned.live, !marks.is_empty())?;
    refuse_host(cx, &session, &planned.live).await?;
    let wanted = wanted(&session, &planned.live);
    if !planned.plan.is_empty() {
        cx.ui
            .before_question(args.yes, &render::plan::removal(&cx.ui, &planned.plan));
        let question = format!(
            "\nRemove all of this from {} in {}?",
            session.caller.account, session.region
        );
        cx.ui.confirm(args.yes, &question)?;
    }
    leave(cx, &session, &planned.live).await?;
    let listener = Listener::new(&cx.ui, planned.plan.steps.len(), session.usual(&planned));
    let report = session.carry_out(&run, &planned, &listener).await?;
    listener.finish();
    if !report.is_complete() {
        return report::unfinished(&cx.ui, &report, &repeat(cx, args));
    }
    let survivors = census(&session.aws, &wanted).await?;
    let kept = copies(&session.aws, &wanted).await?;
    session.note_calls(cx);
    if cx.ui.json {
        let mut line = report::summary(&report, &[], Some(json!(survivors)));
        line["kept"] = json!(kept);
        cx.ui.line(&line);
        return Ok(if survivors.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        });
    }
    if !kept.is_empty() {
        cx.ui
            .note("\nKept, and costing money until somebody deletes it:");
        for copy in &kept {
            cx.ui.note(&format!("  {} {}", copy.what, copy.id));
        }
    }
    conclude(cx, args, &session, report.steps.len(), &survivors)
}

fn repeat(cx: &Context, args: &Args) -> String {
    let mut command = command(cx, "teardown", &args.stack);
    if args.skip_final_snapshot {
        command.push_str(" --skip-final-snapshot");
    }
    again(command, args.yes, &args.unprotect)
}

fn refuse_production(session: &Session, live: &Live, allowed: bool) -> Result<(), CommandError> {
    match production_mark(live) {
        Some(object) if !allowed => Err(CommandError::new(
            Exit::Denied,
            format!(
                "{} is production: {} ({}) says so",
                session.stack, object.address, object.id
            ),
        )
        .hint(format!(
            "if this is meant, repeat the command with --unprotect {PRODUCTION}"
        ))),
        _ => Ok(()),
    }
}

/// Refuses to take the servers away from under guests.
async fn refuse_host(cx: &Context, session: &Session, live: &Live) -> Result<(), CommandError> {
    if !live.objects.iter().any(|object| object.kind == "vpc") {
        return Ok(());
    }
    let guests = host::guests(&session.aws, &session.stack).await?;
    let names: Vec<&str> = guests
        .iter()
        .filter_map(|guest| guest.tags.get(EPHEMERAL_TAGS.stack))
        .map(String::as_str)
        .collect();
    let Some(first) = names.first() else {
        return Ok(());
    };
    Err(CommandError::new(
        Exit::Denied,
        format!(
            "{} has guests, which live on its servers: {}",
            session.stack,
            names.join(", ")
        ),
    )
    .hint(format!(
        "remove them first: {}",
        command(cx, "teardown", first)
    )))
}

/// Takes what a guest has on its host's server away, before its own objects go.
async fn leave(cx: &Context, session: &Session, live: &Live) -> Result<(), CommandError> {
    let (host, job) = match leaving(live) {
        Leaving::Nothing => return Ok(()),
        Leaving::Unreachable { host } => {
            cx.ui.note(&format!(
                "{} has no service beside which its database on {host} could be dropped: if it is still there, it stays",
                session.stack
            ));
            return Ok(());
        }
        Leaving::Database { host, job } => (host, job),
    };
    if !host::has_database(&session.aws, &host).await? {
        return Ok(());
    }
    cx.ui.note(&format!("Dropping its database on {host}"));
    let ended = deploy::run(&session.aws, &job, LEAVES_WITHIN, &mut |_| {}).await;
    let stays = || {
        format!(
            "nothing was removed: the database of {} on {host} has to go first",
            session.stack
        )
    };
    let ended = ended.map_err(|err| {
        CommandError::new(Exit::Failed, format!("the task that drops it: {err}")).hint(stays())
    })?;
    if ended.exit_code == Some(0) {
        for line in &ended.lines {
            cx.ui.note(&format!("  {line}"));
        }
        return Ok(());
    }
    let mut error = CommandError::new(
        Exit::Failed,
        format!("the task that drops the database failed: {}", ended.reason),
    );
    error.lines.extend(ended.lines);
    Err(error.hint(stays()))
}

fn wanted(session: &Session, live: &Live) -> Wanted {
    let vpcs: BTreeSet<String> = live
        .objects
        .iter()
        .filter(|object| object.kind == "vpc")
        .map(|object| object.id.clone())
        .collect();
    Wanted {
        stack: session.stack.clone(),
        vpcs,
    }
}

fn conclude(
    cx: &Context,
    args: &Args,
    session: &Session,
    removed: usize,
    survivors: &[Survivor],
) -> Result<Exit, CommandError> {
    if survivors.is_empty() {
        cx.ui.data(&format!(
            "{}: {removed} objects removed; the census finds nothing left in {} ({}).",
            session.stack, session.region, session.caller.account
        ));
        return Ok(Exit::Done);
    }
    let mut error = CommandError::new(
        Exit::Failed,
        format!(
            "{removed} objects removed, and the census still finds {} of {}",
            survivors.len(),
            session.stack
        ),
    );
    let list = survivors
        .iter()
        .map(|it| format!("{} {} ({})", it.what, it.id, it.why));
    error.lines.extend(list);
    Err(error.hint(format!(
        "look again, and remove what is left, with: {}",
        repeat(cx, args)
    )))
}
