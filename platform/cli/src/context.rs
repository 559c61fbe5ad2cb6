//! What every command gets.

use std::ffi::OsString;
use std::path::PathBuf;

use bella_sandbox::{Home, Progress, Status, UpOptions};

use crate::args::Global;
use crate::error::CommandError;
use crate::ui::Ui;

/// The options that hold for every command, and the terminal.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    pub(crate) global: Global,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        Self {
            ui: Ui::new(&global),
            global,
        }
    }

    /// Brings the sandbox up, or finds it up.
    pub(crate) async fn sandbox_up(&self) -> Result<Status, CommandError> {
        let home = Home::from_env()?;
        let options = UpOptions {
            daemon: daemon_command()?,
        };
        let say = |progress: Progress| self.ui.note(&progress.to_string());
        Ok(bella_sandbox::up(&home, &options, &say).await?)
    }

    /// The ledger's folder: as asked for, else the sandbox's own, else `.bella` in `beside`.
    pub(crate) fn ledger_root(&self, beside: Option<PathBuf>) -> Result<PathBuf, CommandError> {
        if let Some(place) = &self.global.ledger {
            if place.starts_with("s3://") {
                return Err(CommandError::usage(format!(
                    "--ledger {place}: this release keeps ledgers in local folders"
                ))
                .hint("name a folder: --ledger DIR"));
            }
            return Ok(PathBuf::from(place));
        }
        if self.global.sandbox {
            return Ok(Home::from_env()?.root().join("ledger"));
        }
        Ok(beside.unwrap_or_default().join(".bella"))
    }
}

fn daemon_command() -> Result<Vec<OsString>, CommandError> {
    let exe = std::env::current_exe().map_err(|err| {
        CommandError::new(
            crate::error::Exit::Failed,
            format!("finding bella's own program file: {err}"),
        )
    })?;
    Ok(vec![exe.into(), "sandbox".into(), "serve".into()])
}
