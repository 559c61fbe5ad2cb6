use std::collections::BTreeSet;

use bella_engine::plan::{Origin, Plan, PlannedField};
use bella_engine::reference::is_unresolved;
use clap::Args as ClapArgs;

use super::provision::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::render;
use crate::session::Session;
use crate::target::Target;

/// Show changes made outside bella: what was last applied against what exists.
///
/// Reads from what was applied to what is there now. Exits with 6 when there are any. Without a
/// ledger nothing says what was last applied; then the whole difference to the stack file is shown.
///
/// Example: bella drift stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(&args.stack)?).await?;
    let applied = session.store.applied(&session.place).await?;
    let planned = match (&applied, &session.file) {
        (Some(applied), _) => {
            let (graph, tags) = session.last_applied(applied)?;
            let mut planned = session.plan_graph(graph, &tags, &BTreeSet::new()).await?;
            planned.plan = only_drift(planned.plan);
            planned
        }
        (None, Some(_)) => {
            cx.ui.note(&format!(
                "the ledger at {} does not say what was last applied; this is the whole difference to the stack file",
                session.store.location()
            ));
            session.plan(&BTreeSet::new()).await?
        }
        (None, None) => {
            return Err(CommandError::new(
                Exit::Failed,
                format!(
                    "the ledger at {} has no record of {}, so nothing says what it should be",
                    session.store.location(),
                    session.stack
                ),
            )
            .hint("name the stack file instead, or the ledger with --ledger PLACE"));
        }
    };
    session.note_calls(cx);
    show(cx, args, &session, &planned, applied.is_some());
    Ok(if planned.plan.is_empty() {
        Exit::Done
    } else {
        Exit::Changes
    })
}

/// What was changed, without what only follows from it: a value that is known after apply differs
/// since the object it comes from is gone.
fn only_drift(mut plan: Plan) -> Plan {
    plan.changes.retain_mut(|change| {
        let differed = !change.fields.is_empty();
        let own = |field: &PlannedField| {
            field.origin != Origin::Stack && !is_unresolved(&field.change.to)
        };
        change.fields.retain(own);
        change.origin != Origin::Stack && differed != change.fields.is_empty()
    });
    plan
}

fn show(cx: &Context, args: &Args, session: &Session, planned: &Planned, recorded: bool) {
    if cx.ui.json {
        cx.ui
            .document(&render::plan::document(session, planned, None, &[]));
    } else if planned.plan.is_empty() {
        cx.ui.data(&format!(
            "No drift: {} is as it was last applied.",
            session.stack
        ));
    } else if recorded {
        let file = if session.file.is_some() {
            &args.stack
        } else {
            "STACK-FILE"
        };
        cx.ui.data(&render::drift::text(
            &cx.ui,
            &planned.plan,
            &command(cx, "provision", file),
        ));
    } else {
        cx.ui
            .data(&render::plan::text(&cx.ui, &planned.plan, None, &[]));
    }
}
