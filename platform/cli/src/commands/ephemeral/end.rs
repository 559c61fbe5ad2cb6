use bella_aws::ephemeral;

use super::{again, all, one};
use crate::commands::teardown;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::ephemeral as render;

pub(super) async fn down(cx: &Context, name: &str, yes: bool) -> Result<Exit, CommandError> {
    let (_, found) = one(cx, name).await?;
    teardown::run(cx, &teardown::Args::of(&found.listed.kept.stack, yes)).await
}

/// Each by itself: one that cannot be removed keeps no other.
pub(super) async fn reap(cx: &Context, dry_run: bool) -> Result<Exit, CommandError> {
    let (aws, all) = all(cx).await?;
    let now = ephemeral::clock(&aws).await?;
    let over: Vec<_> = all
        .into_iter()
        .filter(|one| one.listed.kept.expires <= now)
        .collect();
    if dry_run {
        match cx.ui.json {
            true => cx.ui.document(&render::document(&over, now)),
            false if over.is_empty() => cx.ui.note("no stack's time is over"),
            false => cx.ui.data(&render::text(&over, now)),
        }
        return Ok(Exit::Done);
    }
    if over.is_empty() {
        cx.ui.note("no stack's time is over");
    }
    let mut failed = Vec::new();
    for one in &over {
        cx.ui
            .note(&format!("{} ({}):", one.listed.kept.stack, one.listed.name));
        match teardown::run(cx, &teardown::Args::of(&one.listed.kept.stack, true)).await {
            Ok(Exit::Done) => {}
            Ok(Exit::Interrupted) => return Ok(Exit::Interrupted),
            Ok(_) => failed.push(one),
            Err(error) => {
                cx.ui.error(&error);
                failed.push(one);
            }
        }
    }
    let Some(first) = failed.first() else {
        return Ok(Exit::Done);
    };
    let stacks: Vec<&str> = failed
        .iter()
        .map(|one| one.listed.kept.stack.as_str())
        .collect();
    Err(
        CommandError::new(Exit::Failed, format!("not removed: {}", stacks.join(", ")))
            .hint(format!("go on: {}", again(cx, "down", &first.listed.name))),
    )
}
