use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Break a dead run's lease.
///
/// On a local ledger the operating system holds the lease: it ends with its process, so a lease
/// that is still held belongs to a run that lives, and is not broken.
///
/// Example: bella unlock stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse_or_past(&args.stack)?).await?;
    let actor = session.actor("unlock");
    match session
        .store
        .check_free(&session.place, actor, jiff::Timestamp::now())
    {
        Ok(()) => {
            let answer = if args.yes { "nothing to break" } else { "free" };
            cx.ui.data(&format!(
                "{}: {answer}; no run holds the lease.",
                session.stack
            ));
            Ok(Exit::Done)
        }
        Err(error) => Err(CommandError::from(error)
            .hint("that run's process is alive: wait for it, or stop it with Ctrl-C")),
    }
}
