//! `bella-service drop-database`: takes a database away with everything in it.

use std::io::Write;

use clap::Args;

use super::CommandError;
use crate::config::DatabaseConfig;
use crate::db::databases;
use crate::db::roles::Role;

/// Drop a database that `migrate --create-database` made, with everything in it, its role and its logins
///
/// Needs DATABASE_URL, or DATABASE_HOST, _NAME, _USER and _PASSWORD, of the user who made them. Whoever is connected is cut off. What is
/// gone already is no error.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  DATABASE_NAME=guest_pr_42 bella-service drop-database --service-role guest_pr_42"
)]
pub(super) struct Arguments {
    /// The role that the service's rights in it were given to
    #[arg(long, env = "SERVICE_ROLE", value_name = "ROLE")]
    service_role: Role,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let database = DatabaseConfig::read(|name| std::env::var(name).ok())?;
    let gone = databases::drop(database.options(), &arguments.service_role).await;
    let gone = gone.map_err(|said| CommandError::failed(format!("dropping {database:?}"), said))?;
    let text = match gone.is_empty() {
        true => "nothing to drop".to_owned(),
        false => gone.join("\n"),
    };
    writeln!(std::io::stdout(), "{text}")
        .map_err(|err| CommandError::failed("writing to standard output", err))
}
