use bella_aws::ephemeral;

use super::all;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::ephemeral as render;

pub(super) async fn run(cx: &Context) -> Result<Exit, CommandError> {
    let (aws, all) = all(cx).await?;
    let now = ephemeral::clock(&aws).await?;
    match cx.ui.json {
        true => cx.ui.document(&render::document(&all, now)),
        false if all.is_empty() => cx.ui.note("no stack was made for a while"),
        false => cx.ui.data(&render::text(&all, now)),
    }
    if cx.ui.verbose {
        cx.ui.note(&format!("{} AWS calls", aws.calls().total()));
    }
    Ok(Exit::Done)
}
