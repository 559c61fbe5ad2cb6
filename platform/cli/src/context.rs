//! What every command gets.

use std::ffi::OsString;
use std::path::PathBuf;

use bella_aws::ledger::Location;
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
            ..UpOptions::default()
        };
        let say = |progress: Progress| self.ui.note(&progress.to_string());
        Ok(bella_sandbox::up(&home, &options, &say).await?)
    }

    /// The ledger that was asked for on the command line.
    pub(crate) fn ledger(&self) -> Result<Option<Location>, CommandError> {
        let place = self.global.ledger.as_ref();
        let location = place.map(|place| {
            Location::parse(place)
                .map_err(|why| CommandError::usage(format!("--ledger {place}: {why}")))
        });
        location.transpose()
    }

    /// Another endpoint than AWS's own: the sandbox's, which is brought up, or what was named.
    pub(crate) async fn endpoint(&self) -> Result<Option<String>, CommandError> {
        Ok(match self.global.sandbox {
            true => self.sandbox_up().await?.endpoint,
            false => self.global.endpoint(),
        })
    }

    /// The ledger of this machine: the sandbox's own, else `.bella` in `beside`.
    pub(crate) fn local_ledger(&self, beside: Option<PathBuf>) -> Result<Location, CommandError> {
        Ok(Location::Folder(match self.global.sandbox {
            true => Home::from_env()?.root().join("ledger"),
            false => beside.unwrap_or_default().join(".bella"),
        }))
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
