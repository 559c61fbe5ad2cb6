//! The commands: one file each, one variant and one match arm here.

mod adopt;
mod alarms;
mod bootstrap;
mod completions;
mod cost;
mod cost_report;
mod deploy;
mod docs;
mod doctor;
mod drift;
mod ephemeral;
mod export;
mod history;
mod outputs;
mod plan;
mod policy;
mod provision;
mod rightsize;
mod rollback;
mod runbook;
mod sandbox;
pub(crate) mod scaling;
mod schedule;
mod schema;
mod secret;
mod status;
mod teardown;
mod unlock;
mod validate;
mod why;

pub(crate) use ephemeral::Ephemeral;
pub(crate) use provision::{command, quoted};

use clap::Subcommand;

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// What can be typed.
#[derive(Subcommand)]
pub(crate) enum Command {
    Validate(validate::Args),
    Schema(schema::Args),
    Plan(plan::Args),
    #[command(visible_alias = "up")]
    Provision(provision::Args),
    #[command(visible_alias = "down")]
    Teardown(teardown::Args),
    Deploy(deploy::Args),
    Rollback(rollback::Args),
    Status(status::Args),
    Outputs(outputs::Args),
    Why(why::Args),
    History(history::Args),
    Drift(drift::Args),
    Export(export::Args),
    Adopt(adopt::Args),
    Policy(policy::Args),
    Cost(cost::Args),
    Alarms(alarms::Args),
    Runbook(runbook::Args),
    Doctor(doctor::Args),
    Secret(secret::Args),
    Schedule(schedule::Args),
    Ephemeral(ephemeral::Args),
    Unlock(unlock::Args),
    Scaling(scaling::Args),
    Sandbox(sandbox::Args),
    Bootstrap(bootstrap::Args),
    Completions(completions::Args),
    #[command(hide = true)]
    Docs(docs::Args),
}

/// Runs one.
pub(crate) async fn run(cx: &Context, command: Command) -> Result<Exit, CommandError> {
    match command {
        Command::Validate(args) => validate::run(cx, &args),
        Command::Schema(args) => Ok(schema::run(cx, &args)),
        Command::Plan(args) => plan::run(cx, &args).await,
        Command::Provision(args) => provision::run(cx, &args).await,
        Command::Teardown(args) => teardown::run(cx, &args).await,
        Command::Deploy(args) => deploy::run(cx, &args).await,
        Command::Rollback(args) => rollback::run(cx, &args).await,
        Command::Status(args) => status::run(cx, &args).await,
        Command::Outputs(args) => outputs::run(cx, &args).await,
        Command::Why(args) => why::run(cx, &args).await,
        Command::History(args) => history::run(cx, &args).await,
        Command::Drift(args) => drift::run(cx, &args).await,
        Command::Export(args) => export::run(cx, &args).await,
        Command::Secret(args) => secret::run(cx, &args).await,
        Command::Schedule(args) => schedule::run(cx, &args).await,
        Command::Ephemeral(args) => ephemeral::run(cx, &args).await,
        Command::Adopt(args) => adopt::run(cx, &args).await,
        Command::Cost(args) => cost::run(cx, &args).await,
        Command::Alarms(args) => alarms::run(cx, &args).await,
        Command::Doctor(args) => doctor::run(cx, &args).await,
        Command::Runbook(args) => runbook::run(cx, &args),
        Command::Policy(args) => policy::run(cx, &args).await,
        Command::Unlock(args) => unlock::run(cx, &args).await,
        Command::Scaling(args) => scaling::run(cx, &args),
        Command::Sandbox(args) => sandbox::run(cx, &args).await,
        Command::Bootstrap(args) => bootstrap::run(cx, &args).await,
        Command::Docs(args) => docs::run(cx, &args),
        Command::Completions(args) => Ok(completions::run(cx, &args)),
    }
}
