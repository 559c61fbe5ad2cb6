use bella_sandbox::{Home, Progress, Status, Stopped};
use clap::{Args as ClapArgs, Subcommand};

use crate::context::Context;
use crate::error::{CommandError, Exit};

/// The AWS emulator on this machine: start it, look at it, stop it, empty it.
///
/// Any AWS client pointed at its endpoint, with any credentials, sees the same cloud.
///
/// Example: bella sandbox up
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start it, or find it running; the first use installs its parts.
    ///
    /// Example: bella sandbox up
    Up,
    /// Show where it answers and which processes it has.
    ///
    /// Example: bella sandbox status --json
    Status,
    /// Stop it; what it holds is kept.
    ///
    /// Example: bella sandbox down
    Down,
    /// Stop it and forget everything it holds.
    ///
    /// Example: bella sandbox reset
    Reset,
    /// Be the sandbox's daemon, in the foreground.
    #[command(hide = true)]
    Serve,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let home = Home::from_env()?;
    let say = |progress: Progress| cx.ui.note(&progress.to_string());
    match args.action {
        Action::Up => show(cx, &cx.sandbox_up().await?),
        Action::Status => show(cx, &bella_sandbox::status(&home).await),
        Action::Down => tell(
            cx,
            bella_sandbox::down(&home, &say).await?,
            "its state is kept",
        ),
        Action::Reset => tell(
            cx,
            bella_sandbox::reset(&home, &say).await?,
            "its state is deleted",
        ),
        Action::Serve => bella_sandbox::serve(&home).await?,
    }
    Ok(Exit::Done)
}

fn show(cx: &Context, status: &Status) {
    if cx.ui.json {
        cx.ui.document(status);
        return;
    }
    match (&status.endpoint, status.running) {
        (Some(endpoint), true) => {
            cx.ui
                .data(&format!("running at {endpoint} ({})", status.emulator));
            cx.ui.note(&format!(
                "home: {}\nlog:  {}",
                status.home.display(),
                status.log.display()
            ));
            if let Some(restored) = &status.restored {
                cx.ui.note(&restored.to_string());
            }
        }
        (Some(endpoint), false) => {
            cx.ui.data(&format!("not answering at {endpoint}"));
            cx.ui.note(&format!(
                "log: {}; `bella sandbox up` starts it again",
                status.log.display()
            ));
        }
        (None, _) => cx.ui.data("not running; `bella sandbox up` starts it"),
    }
}

fn tell(cx: &Context, stopped: Stopped, state: &str) {
    cx.ui.data(&match stopped {
        Stopped::Cleanly => format!("stopped; {state}"),
        Stopped::Unsaved => {
            format!("stopped without saving, changes since the last save are gone; {state}")
        }
        Stopped::NotRunning => format!("was not running; {state}"),
    });
}
