use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::Exit;

/// Print the JSON Schema of stack files, for editors.
///
/// Example: bella schema > stack.schema.json
#[derive(ClapArgs)]
pub(crate) struct Args {}

pub(crate) fn run(cx: &Context, _args: &Args) -> Exit {
    cx.ui.document(&bella_stack::schema());
    Exit::Done
}
