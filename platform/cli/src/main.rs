//! `bella`: one file a command, rendering, exit codes. Nothing is decided here.

mod args;
mod commands;
mod context;
mod deploy;
mod error;
mod interrupt;
mod money;
mod planning;
mod policies;
mod render;
#[cfg(test)]
mod runbooks;
mod saved;
mod session;
mod spent;
mod target;
mod ui;
#[cfg(test)]
mod workflows;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::context::Context;
use crate::error::Exit;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            let wanted = !refusal.use_stderr();
            // Not being able to print the usage changes nothing about the exit code.
            let _closed_pipe = refusal.print();
            return if wanted { Exit::Done } else { Exit::Usage }.into();
        }
    };
    let cx = Context::new(cli.global);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(err) => {
            cx.ui.talk(&format!("error: starting: {err}"));
            return Exit::Failed.into();
        }
    };
    let ended = runtime.block_on(commands::run(&cx, cli.command));
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            cx.ui.error(&error);
            error.exit.into()
        }
    }
}
