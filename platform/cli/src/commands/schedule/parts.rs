//! What a stack does without while it rests, deleted and made anew.

use bella_aws::kinds::KINDS;
use bella_aws::ledger::Run;
use bella_aws::{deploy, host};
use bella_engine::plan::Work;
use bella_engine::resource::{Disposition, Kind, find_kind};
use bella_stack::EPHEMERAL_TAGS;

use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::render::progress::Listener;
use crate::render::report;
use crate::session::Session;

/// Steps that were done; how the run ended where they were not all.
pub(super) type Went = Result<usize, Exit>;

/// Deletes what `auto_shutdown.remove` names; nothing where guests live on it.
pub(super) async fn remove(
    cx: &Context,
    session: &Session,
    run: &Run,
    again: &str,
) -> Result<Went, CommandError> {
    let Some(planned) = session.plan_removal().await? else {
        return Ok(Ok(0));
    };
    if !planned.plan.is_empty() {
        let guests = host::guests(&session.aws, &session.stack).await?;
        let guests: Vec<&str> = guests
            .iter()
            .filter_map(|guest| guest.tags.get(EPHEMERAL_TAGS.stack))
            .map(String::as_str)
            .collect();
        if !guests.is_empty() {
            let guests = guests.join(", ");
            cx.ui.note(&format!(
                "Nothing is removed, as guests live on it: {guests}"
            ));
            return Ok(Ok(0));
        }
    }
    carry(cx, session, run, &planned, again).await
}

/// Makes it anew, and has what refers to it follow.
pub(super) async fn bring_back(
    cx: &Context,
    session: &Session,
    run: &Run,
    stack: &str,
    again: &str,
) -> Result<Went, CommandError> {
    let provision = command(cx, "provision", stack);
    let Some(planned) = session.plan_return(&provision).await? else {
        return Ok(Ok(0));
    };
    let went = carry(cx, session, run, &planned, again).await?;
    if went.is_ok() {
        for revision in superseded(&planned) {
            deploy::retire(&session.aws, &revision).await?;
        }
    }
    Ok(went)
}

/// Revisions that say the same as the new ones, but for what is gone: each morning's would push an earlier version off those that are
/// kept for a rollback.
fn superseded(planned: &Planned) -> Vec<String> {
    let renewed = planned.plan.steps.iter().filter(|step| {
        let kind = find_kind(KINDS, &step.kind).map(Kind::disposition);
        matches!(kind, Some(Disposition::Revisioned { .. }))
            && matches!(step.work, Work::Create { .. })
    });
    let before = renewed.filter_map(|step| {
        let mut objects = planned.live.objects.iter();
        objects.find(|object| object.address == step.address && object.props.is_some())
    });
    before.map(|object| object.id.clone()).collect()
}

/// Without a step too: the ledger has not heard of what a run did last that was cut off.
async fn carry(
    cx: &Context,
    session: &Session,
    run: &Run,
    planned: &Planned,
    again: &str,
) -> Result<Went, CommandError> {
    let listener = Listener::new(&cx.ui, planned.plan.steps.len(), session.usual(planned));
    let report = session.carry_out(run, planned, &listener).await?;
    listener.finish();
    if report.is_complete() {
        return Ok(Ok(report.steps.len()));
    }
    report::unfinished(&cx.ui, &report, again).map(Err)
}
