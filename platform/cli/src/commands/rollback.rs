use std::collections::BTreeSet;
use std::time::Duration;

use bella_aws::running::{Revision, revisions};
use bella_engine::address::Address;
use bella_stack::{DEFINITION, is_placeholder};
use clap::Args as ClapArgs;

use super::deploy::{DEFAULT_TIMEOUT, conclude, duration, options};
use super::provision::command;
use crate::context::Context;
use crate::deploy::{Deployment, Talk, require};
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Put an earlier version of the booking service back.
///
/// Without --to, the newest version that is another than the one that runs. The database is not
/// migrated back: versions work on the schema of the one after them. It is proved that the version
/// serves, as after a deployment.
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
    let live = session.plan(&BTreeSet::new()).await?.live;
    let before = session.running(&live).await?;
    let definition = Address::parse(DEFINITION).expect("the blueprint's own addresses can be read");
    let known = revisions(&session.aws, &live, &definition).await?;
    let image = earlier(args, &known, before.as_deref())?.image.clone();
    let talk = Talk { ui: &cx.ui };
    let values = require(cx, &session, &run, talk).await?;
    let mut again = command(cx, "rollback", &args.stack);
    if let Some(revision) = args.to {
        again.push_str(&format!(" --to {revision}"));
    }
    let deployment = Deployment {
        cx,
        session: &session,
        run: &run,
        values: &values,
        talk,
        before,
        again: again.clone(),
        options: options(cx, &args.stack),
        timeout: args.timeout,
    };
    let went = deployment.carry_out(&live, &image, false).await?;
    conclude(cx, &session, &run, &image, went, &again).await
}

fn earlier<'a>(
    args: &Args,
    known: &'a [Revision],
    running: Option<&str>,
) -> Result<&'a Revision, CommandError> {
    let deployed = || known.iter().filter(|one| !is_placeholder(&one.image));
    let found = match args.to {
        Some(number) => deployed().find(|one| one.number == number),
        None => deployed().find(|one| Some(one.image.as_str()) != running),
    };
    found.ok_or_else(|| {
        let wanted = match args.to {
            Some(number) => format!("there is no revision {number} with a deployed image"),
            None => "there is no earlier version".to_owned(),
        };
        let list: Vec<String> = deployed()
            .map(|one| format!("{} ({})", one.number, one.image))
            .collect();
        let error = CommandError::usage(format!("{wanted} of {}", args.stack));
        match list.is_empty() {
            true => error,
            false => error.hint(format!("there are: {}", list.join(", "))),
        }
    })
}
