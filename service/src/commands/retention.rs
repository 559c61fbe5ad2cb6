//! `bella-service retention`: what is older than `RETENTION_DAYS`.

use std::io::Write;

use clap::{Args, Subcommand};

use super::CommandError;
use crate::app::App;
use crate::config::Config;
use crate::privacy::retention::{Ran, run as run_once};

/// Delete what is older than RETENTION_DAYS, and forget people who were not heard of for so long
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bella-service retention run --dry-run")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run once; serve does so daily by itself
    Run {
        /// Say what would be deleted, and delete nothing
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let Command::Run { dry_run } = arguments.command;
    let app = App::new(Config::read(|name| std::env::var(name).ok())?);
    let days = app.config.retention_days;
    let ran = run_once(&app.database, &app.twilio, days, dry_run)
        .await
        .map_err(|err| CommandError::failed("running retention", err))?;
    let line = match &ran {
        Ran::Elsewhere => "another process is at it: nothing done".to_owned(),
        Ran::Done(report) => format!(
            "{}{} people forgotten, {} transcripts, {} notes, {} texts, {} recordings deleted",
            if dry_run { "would be: " } else { "" },
            report.people,
            report.transcripts,
            report.notes,
            report.texts,
            report.recordings.deleted,
        ),
    };
    writeln!(std::io::stdout(), "{line}")
        .map_err(|err| CommandError::failed("writing to standard output", err))?;
    match ran {
        Ran::Done(report) if report.recordings.failed > 0 => Err(CommandError::failed(
            format!(
                "deleting {} recordings at Twilio, which the next run tries again",
                report.recordings.failed
            ),
            report.recordings.said.unwrap_or_default(),
        )),
        _ => Ok(()),
    }
}
