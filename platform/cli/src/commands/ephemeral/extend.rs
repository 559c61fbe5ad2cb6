use bella_aws::ephemeral;
use bella_aws::nights;
use bella_engine::graph::Graph;
use bella_stack::value::Duration;
use bella_stack::{Request, allowed};
use serde_json::json;

use super::{again, one, up};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::render::progress::Listener;
use crate::render::{ephemeral as render, report};
use crate::session::Session;
use crate::target::Target;

/// Moves the end: the rules that stop the stack by a plan of their start dates and nothing else, then the tag by which it is listed.
pub(super) async fn run(cx: &Context, name: &str, ttl: Duration) -> Result<Exit, CommandError> {
    let (aws, found) = one(cx, name).await?;
    let now = ephemeral::clock(&aws).await?;
    if found.listed.kept.expires <= now {
        return Err(CommandError::new(
            Exit::Denied,
            format!(
                "the time of {} was over {}",
                found.listed.kept.stack,
                render::moment(found.listed.kept.expires)
            ),
        )
        .hint(format!(
            "start it again: {} --from STACK --ttl {ttl}",
            again(cx, "up", name)
        )));
    }
    let request = Request {
        stack: &found.listed.kept.stack,
        by: &found.listed.kept.by,
        ttl,
        created: found.listed.kept.created,
        now,
        hourly_usd: found.listed.kept.hourly_usd,
    };
    let there = std::slice::from_ref(&found.listed.kept);
    let expires = allowed(&found.listed.caps, &request, there)
        .map_err(|why| up::refusal(cx, &why, &[], &found.listed.kept.by))?;
    let session = Session::open(cx, Target::Name(found.listed.kept.stack.clone())).await?;
    let run = session.begin("ephemeral extend").await?;
    let live = session.look().await?;
    let addresses = session.addresses(&live).await?;
    let plan = nights::hold(&ephemeral::expiry(&live, expires), &addresses);
    let planned = Planned {
        plan,
        graph: Graph::default(),
        live: live.clone(),
        applied: session.store.applied(&session.place).await?,
        image: None,
        gate: None,
    };
    let usual = session.usual(&planned);
    let listener = Listener::new(&cx.ui, planned.plan.steps.len(), usual);
    let carried = session.carry_out(&run, &planned, &listener).await?;
    listener.finish();
    if !carried.is_complete() {
        let again = format!("{} --ttl {ttl}", again(cx, "extend", name));
        return report::unfinished(&cx.ui, &carried, &again);
    }
    found.ends(&session.aws, expires).await?;
    session.note_calls(cx);
    match cx.ui.json {
        true => cx.ui.line(&json!({
            "type": "summary", "stack": found.listed.kept.stack, "expires": expires,
        })),
        false => cx.ui.data(&format!(
            "{} is there until {}, {} from now.",
            found.listed.kept.stack,
            render::moment(expires),
            render::span(expires.duration_since(now))
        )),
    }
    Ok(Exit::Done)
}
