use std::collections::BTreeSet;

use bella_engine::plan::{Origin, Plan};
use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render;
use crate::session::{Planned, Session};
use crate::target::Target;

/// Show changes made outside bella: what was last applied against what exists.
///
/// Exits with 6 when there are any. Without a ledger nothing says what was last applied; then the
/// whole difference to the stack file is shown.
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
            let mut planned = session.plan_with(&graph, &tags, &BTreeSet::new()).await?;
            planned.plan = only_drift(planned.plan);
            planned
        }
        (None, Some(_)) => {
            cx.ui.note(&format!(
                "the ledger at {} does not say what was last applied; this is the whole difference to the stack file",
                session.store.location()
            ));
            session.plan(session.graph()?, &BTreeSet::new()).await?
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
            .hint("name the stack file instead, or the ledger with --ledger DIR"));
        }
    };
    session.note_calls(cx);
    show(cx, &session, &planned);
    Ok(if planned.plan.is_empty() {
        Exit::Done
    } else {
        Exit::Changes
    })
}

fn only_drift(mut plan: Plan) -> Plan {
    plan.changes.retain(|change| change.origin != Origin::Stack);
    plan
}

fn show(cx: &Context, session: &Session, planned: &Planned) {
    if cx.ui.json {
        cx.ui.document(&render::plan::document(session, planned));
    } else if planned.plan.is_empty() {
        cx.ui.data(&format!(
            "No drift: {} is as it was last applied.",
            session.stack
        ));
    } else {
        cx.ui.data(&render::plan::text(&cx.ui, &planned.plan, None));
    }
}
