use bella_sandbox::{Home, Progress, Status, Stopped, Temper};
use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

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
    /// With --strict, states take their time (a minute of AWS a second), what is new is seen some seconds late, and who
    /// asks too often is refused; it stays so until the next `up --strict` or `reset`.
    ///
    /// Example: bella sandbox up --strict --speed 30
    Up {
        /// Behave as AWS on an ordinary day.
        #[arg(long)]
        strict: bool,
        /// How many times faster than on AWS states pass.
        #[arg(long, requires = "strict", default_value_t = 60.0)]
        speed: f64,
    },
    /// Show or move its clock, by which states pass and schedules come due.
    ///
    /// Example: bella sandbox clock advance 8h
    Clock {
        #[command(subcommand)]
        action: Option<Clock>,
    },
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

#[derive(Subcommand)]
enum Clock {
    /// Show what time it is.
    ///
    /// Example: bella sandbox clock show
    Show,
    /// Move it on, as by 8h, 90m or PT8H.
    ///
    /// Example: bella sandbox clock advance 8h
    Advance { by: String },
    /// Set it to a later time.
    ///
    /// Example: bella sandbox clock set 2030-01-01T20:00:00Z
    Set { to: String },
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let home = Home::from_env()?;
    let say = |progress: Progress| cx.ui.note(&progress.to_string());
    match &args.action {
        Action::Up { strict, speed } => {
            let status = cx.sandbox_up().await?;
            if *strict {
                let temper = json!(Temper::strict(Some(*speed)));
                bella_sandbox::ask(&home, "temper", Some(&temper)).await?;
            }
            show(cx, &status);
        }
        Action::Clock { action } => {
            let asked = match action {
                None | Some(Clock::Show) => None,
                Some(Clock::Advance { by }) => Some(json!({"advance": by})),
                Some(Clock::Set { to }) => Some(json!({"set": to})),
            };
            let clock = bella_sandbox::ask(&home, "clock", asked.as_ref()).await?;
            if cx.ui.json {
                cx.ui.document(&clock);
            } else {
                cx.ui.data(clock["now"].as_str().unwrap_or_default());
            }
        }
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
