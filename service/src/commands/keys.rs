//! `bella-service keys`: encryption keys.

use std::io::Write;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use super::CommandError;
use crate::clock::Clock;
use crate::config::{DatabaseConfig, read_vault};
use crate::db::Database;
use crate::privacy::rotate;

/// Encryption keys
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bella-service keys rotate")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Seal everything with the first key of ENCRYPTION_KEYS; then the others can be dropped
    ///
    /// Run it when no task with the old list runs any more. It works beside the service, and can be stopped and run again.
    Rotate,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let Command::Rotate = arguments.command;
    let get = |name: &str| std::env::var(name).ok();
    let config = DatabaseConfig::read(get)?;
    let vault = read_vault(get)?;
    let newest = vault.key_ids().next().unwrap_or_default().to_owned();
    let database = Database::new(&config, vault, Clock::System, TimeZone::UTC);
    let sealed = rotate(&database, |progress| {
        // Nothing can be done about a closed standard error.
        let _ = writeln!(std::io::stderr(), "{}: {}", progress.column, progress.done);
    })
    .await
    .map_err(|err| CommandError::failed("rotating keys; run it again to go on", err))?;
    writeln!(
        std::io::stdout(),
        "{sealed} values sealed with key {newest}; nothing is left under another key"
    )
    .map_err(|err| CommandError::failed("writing to standard output", err))
}
