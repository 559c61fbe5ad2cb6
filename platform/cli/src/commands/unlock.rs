use bella_aws::ledger::{Claim, LeaseError};
use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Break a dead run's lease.
///
/// On a local ledger the operating system holds the lease: it ends with its process, so a lease
/// that is still held belongs to a run that lives, and is not broken. In a bucket a dead run's lease
/// runs out within a minute; one that is broken before stops its run before the next change, should
/// it live after all.
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
    let claim = session
        .store
        .claim(&session.place, session.actor("unlock"))
        .await?;
    let holder = match claim {
        Claim::Free => {
            let answer = if args.yes { "nothing to break" } else { "free" };
            cx.ui.data(&format!(
                "{}: {answer}; no run holds the lease.",
                session.stack
            ));
            return Ok(Exit::Done);
        }
        Claim::Held {
            holder,
            breakable: false,
        } => {
            return Err(CommandError::from(LeaseError::Held { holder })
                .hint("that run's process is alive: wait for it, or stop it with Ctrl-C"));
        }
        Claim::Held { holder, .. } => holder,
    };
    let holder = holder.map_or_else(|| "an unknown run".to_owned(), |it| it.describe());
    cx.ui
        .before_question(args.yes, &format!("{} is held: {holder}", session.stack));
    cx.ui.confirm(
        args.yes,
        "Break its lease? A run that lives stops before its next change.",
    )?;
    if !session.store.break_lease(&session.place).await? {
        return Err(CommandError::new(
            Exit::Locked,
            format!("another run took the lease on {} meanwhile", session.stack),
        )
        .hint("`bella history STACK` says which"));
    }
    cx.ui
        .data(&format!("{}: the lease is broken.", session.stack));
    Ok(Exit::Done)
}
