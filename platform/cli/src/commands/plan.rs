use std::collections::BTreeSet;

use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render;
use crate::session::Session;
use crate::target::Target;

/// Show what provision would change: the stack file against what exists, asked of AWS now.
///
/// Example: bella plan stacks/dev.yaml --sandbox --exit-code
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Exit with 6 when changes are pending.
    #[arg(long)]
    exit_code: bool,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let planned = session.plan(session.graph()?, &BTreeSet::new()).await?;
    session.note_gaps(cx);
    if cx.ui.json {
        cx.ui.document(&render::plan::document(&session, &planned));
    } else {
        cx.ui
            .data(&render::plan::text(&cx.ui, &planned.plan, session.budget()));
    }
    session.note_calls(cx);
    let pending = args.exit_code && !planned.plan.is_empty();
    Ok(if pending { Exit::Changes } else { Exit::Done })
}
