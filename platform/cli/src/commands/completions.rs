use clap::{Args as ClapArgs, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;
use crate::context::Context;
use crate::error::Exit;

/// Print a shell's completion script.
///
/// Example: bella completions bash > /etc/bash_completion.d/bella
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(crate) fn run(cx: &Context, args: &Args) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bella", &mut script);
    cx.ui.data(&String::from_utf8_lossy(&script));
    Exit::Done
}
