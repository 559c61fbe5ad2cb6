use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::target::StackFile;

/// Check stack files: every problem at once, with its place, without any call to AWS.
///
/// Example: bella validate stacks/dev.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack files.
    #[arg(required = true, value_name = "STACK")]
    stacks: Vec<PathBuf>,
}

pub(crate) fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let mut failure: Option<CommandError> = None;
    let mut documents = Vec::new();
    for path in &args.stacks {
        match StackFile::load(path) {
            Ok(file) => {
                documents.push(json!({"file": path, "valid": true, "resources": file.graph.len()}));
                let name = &file.loaded.stack.stack;
                if !cx.ui.json {
                    cx.ui.data(&format!(
                        "{}: {name} is valid, {} resources",
                        path.display(),
                        file.graph.len()
                    ));
                }
            }
            Err(error) => {
                documents.push(json!({"file": path, "valid": false, "errors": error.lines}));
                match &mut failure {
                    Some(all) => {
                        all.lines.extend(error.lines);
                        all.hints.extend(error.hints);
                    }
                    None => failure = Some(error),
                }
            }
        }
    }
    if cx.ui.json {
        cx.ui.document(&documents);
        return Ok(if failure.is_some() {
            Exit::Usage
        } else {
            Exit::Done
        });
    }
    failure.map_or(Ok(Exit::Done), Err)
}
