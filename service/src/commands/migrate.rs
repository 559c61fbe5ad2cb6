//! `bella-service migrate`: brings the database to this version's schema.

use std::io::Write;

use clap::Args;

use super::CommandError;
use crate::config::DatabaseConfig;
use crate::db::roles::{self, Role};
use crate::db::{self, Migrated};

/// Bring the database's schema to this version's
///
/// Needs DATABASE_URL, or DATABASE_HOST, _NAME, _USER and _PASSWORD, of a user who may create tables. Again, or several at
/// once, it does no harm. A database with a newer schema is refused.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bella-service migrate --service-role bella_service")]
pub(super) struct Arguments {
    /// Create this role where it is missing, without a login, and grant it what the service needs and no more
    #[arg(long, env = "SERVICE_ROLE", value_name = "ROLE")]
    service_role: Option<Role>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let database = DatabaseConfig::read(|name| std::env::var(name).ok())?;
    let options = database.options();
    let Migrated { from, to } = db::migrate(options)
        .await
        .map_err(|err| CommandError::failed(format!("migrating {database:?}"), err))?;
    say(&if from == to {
        format!("schema {to}: nothing to do")
    } else {
        format!("schema {from} -> {to}")
    })?;
    if let Some(role) = &arguments.service_role {
        let granted = roles::grant(options, role).await;
        let doing = || format!("granting {} what the service needs", role.as_str());
        granted.map_err(|said| CommandError::failed(doing(), said))?;
        say(&format!(
            "role {}: reads and writes rows, changes no table",
            role.as_str()
        ))?;
    }
    Ok(())
}

fn say(line: &str) -> Result<(), CommandError> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|err| CommandError::failed("writing to standard output", err))
}
