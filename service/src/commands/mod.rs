//! What `bella-service` can be told to do: one file a command.

mod call;
mod drop_database;
mod keys;
mod migrate;
mod retention;
mod serve;
mod simulate;
mod understand;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::ConfigError;

/// The voice booking service.
#[derive(Debug, Parser)]
#[command(name = "bella-service", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Migrate(migrate::Arguments),
    DropDatabase(drop_database::Arguments),
    Retention(retention::Arguments),
    Keys(keys::Arguments),
    Simulate(simulate::Arguments),
    Understand(understand::Arguments),
    Call(call::Arguments),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The environment or the arguments cannot be used; exit code 2.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Something that was tried failed; exit code 1.
    #[error("{doing}: {source}")]
    Failed {
        /// What was tried.
        doing: String,
        /// The other side's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl CommandError {
    /// What was tried, and what came of it.
    pub fn failed(
        doing: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Failed {
            doing: doing.into(),
            source: source.into(),
        }
    }

    /// 2 for what the caller has to correct, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(2),
            Self::Failed { .. } => ExitCode::from(1),
        }
    }
}

impl Cli {
    /// Carries the command out.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub async fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Migrate(arguments) => migrate::run(arguments).await,
            Command::DropDatabase(arguments) => drop_database::run(arguments).await,
            Command::Retention(arguments) => retention::run(arguments).await,
            Command::Keys(arguments) => keys::run(arguments).await,
            Command::Simulate(arguments) => simulate::run(arguments).await,
            Command::Call(arguments) => call::run(arguments).await,
            Command::Understand(arguments) => understand::run(&arguments),
        }
    }
}
