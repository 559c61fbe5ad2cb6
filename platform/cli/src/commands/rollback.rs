use std::time::Duration;

use bella_deploy::{Deployment, Site as _};
use clap::Args as ClapArgs;

use super::deploy::{DEFAULT_TIMEOUT, conclude, duration};
use super::provision::command;
use crate::context::Context;
use crate::deploy::Here;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Put an earlier version of the booking service back.
///
/// Without --to, the newest version that is another than the one that runs. The database is not
/// migrated back: versions work on the schema of the one after them. It is proved that the version
/// serves, as after a deployment. Nothing but the image changes: what the stack file says and is not
/// provisioned yet is neither carried out nor in the way.
///
/// Example: bella rollback stacks/dev.yaml --sandbox
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Number of the task definition's revision whose image is to run again.
    #[arg(long, value_name = "REVISION")]
    to: Option<u32>,
    /// How long the version may take to serve, such as 90s or 15m.
    #[arg(long, value_name = "DURATION", default_value = DEFAULT_TIMEOUT, value_parser = duration)]
    timeout: Duration,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let run = session.begin("rollback").await?;
    let (live, pending) = session.pending().await?;
    let applied = session.store.applied(&session.place).await?;
    session
        .refuse_at_rest(cx, (&live, applied.as_ref()), &args.stack)
        .await?;
    let mut again = command(cx, "rollback", &args.stack);
    if let Some(revision) = args.to {
        again.push_str(&format!(" --to {revision}"));
    }
    let here = Here::new(cx, &session, &run, &args.stack, again)?;
    let deployment = Deployment::of(&here, live, args.timeout).await?;
    let asked = deployment.roll_back(args.to, pending).await?;
    conclude(cx, &session, &run, asked, here.again()).await
}
