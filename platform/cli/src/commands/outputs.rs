use std::collections::BTreeMap;

use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// Print the values others need: URL, cluster, repository.
///
/// Example: bella outputs bella-dev --sandbox --json
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file or stack name.
    stack: String,
    /// Only this output's value.
    name: Option<String>,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(&args.stack)?).await?;
    let live = session.look().await?;
    let known = live
        .objects
        .into_iter()
        .map(|object| (object.address, object.outputs))
        .collect();
    let outputs = session.outputs(&known);
    session.note_calls(cx);
    if let Some(name) = &args.name {
        let Some((_, value)) = outputs.iter().find(|(known, _)| known == name) else {
            let names: Vec<&str> = outputs.iter().map(|(name, _)| name.as_str()).collect();
            return Err(CommandError::new(
                Exit::Failed,
                format!("{} has no output {name}", session.stack),
            )
            .hint(format!("its outputs are: {}", names.join(", "))));
        };
        cx.ui.data(value);
    } else if cx.ui.json {
        cx.ui
            .document(&outputs.into_iter().collect::<BTreeMap<_, _>>());
    } else {
        for (name, value) in outputs {
            cx.ui.data(&format!("{name} = {value}"));
        }
    }
    Ok(Exit::Done)
}
