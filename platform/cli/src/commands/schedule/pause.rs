//! Holding a stack's schedules back for a while.

use bella_aws::nights;
use bella_deploy::nights::{Hold, passed_start};
use serde_json::json;

use super::Hours;
use super::turn::ended;
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

pub(super) async fn pause(cx: &Context, stack: &str, text: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(stack)?).await?;
    let run = session.begin("schedule pause").await?;
    let hours = Hours::of(session).await?;
    let until = hours.until(text)?;
    let place = hours.provisioned(cx, stack)?;
    let seen = nights::see(&hours.session.aws, &place).await?;
    if let Some(start) = passed_start(&hours.calendar, hours.now, until, seen.is_up()) {
        return Err(CommandError::usage(format!(
            "{} is off, and by its hours it starts {}: a pause leaves on what is on",
            hours.session.stack,
            hours.at(start)
        ))
        .hint(format!(
            "start it and leave it on: {} --until {until}",
            command(cx, "schedule start", stack)
        )));
    }
    let again = format!("{} --until {until}", command(cx, "schedule pause", stack));
    if let Some(exit) = hours.hold(cx, &run, Hold::Until(until), &again).await? {
        return Ok(exit);
    }
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "paused_until": until,
        }));
        return Ok(Exit::Done);
    }
    cx.ui.data(&format!(
        "Nothing stops {} before {}; then its hours hold again.",
        hours.session.stack,
        hours.at(until)
    ));
    Ok(Exit::Done)
}

pub(super) async fn resume(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(stack)?).await?;
    let run = session.begin("schedule resume").await?;
    let hours = Hours::of(session).await?;
    hours.provisioned(cx, stack)?;
    let was = nights::held_until(&hours.rules(), hours.now);
    let again = command(cx, "schedule resume", stack);
    if let Some(exit) = hours.hold(cx, &run, Hold::Resume, &again).await? {
        return Ok(exit);
    }
    ended(&run, "schedule resume", &Ok(0)).await?;
    if cx.ui.json {
        cx.ui.line(&json!({
            "type": "summary", "stack": hours.session.stack, "paused_until": null, "was_paused_until": was,
        }));
        return Ok(Exit::Done);
    }
    cx.ui.data(&match was {
        Some(_) => format!("The hours of {} hold again.", hours.session.stack),
        None => format!("{} was not paused.", hours.session.stack),
    });
    if was.is_some() && !hours.calendar.is_on(hours.now) {
        cx.ui.note(
            "These are its off-hours: it stops within the hour, or now with `bella schedule stop`.",
        );
    }
    Ok(Exit::Done)
}
