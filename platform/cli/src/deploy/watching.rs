//! A rollout under way: applied and watched at once, since ECS's word that a service is stable is also true of the version before.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use bella_aws::rollout::own::{Deployment, Snapshot};
use bella_aws::rollout::watch::{Back, Verdict, Watching, watch};
use bella_engine::apply::Stop;
use futures_util::future::{Either, select};
use serde_json::json;

use super::Talk;
use super::explain::add;
use crate::error::{CommandError, Exit};
use crate::interrupt;
use crate::planning::WallClock;
use crate::session::Session;

/// Applies, and watches `ours` meanwhile, which that asks for.
///
/// # Errors
/// The revision does not serve, with the cause and what to do; or what is applied fails before ECS shows the deployment.
pub(super) async fn both(
    session: &Session,
    ours: &Deployment,
    timeout: Duration,
    stack: &str,
    talk: Talk<'_>,
    applying: impl Future<Output = Result<(), CommandError>>,
) -> Result<(), CommandError> {
    let seen = Cell::new(false);
    let last = RefCell::new(String::new());
    let on = |snapshot: &Snapshot| {
        seen.set(seen.get() || snapshot.view.rollout.is_some());
        show(snapshot, &mut last.borrow_mut(), talk);
    };
    // What is applied says what Ctrl-C does.
    let (stop, follower): (tokio::sync::watch::Receiver<Stop>, _) =
        interrupt::follow(Box::new(|_| ()));
    let watching = Watching {
        timeout,
        stop,
        stack,
    };
    let watched = Box::pin(watch(&session.aws, &WallClock, ours, watching, &on));
    let (applied, verdict) = match select(Box::pin(applying), watched).await {
        Either::Left((Err(error), _)) if !seen.get() => {
            follower.abort();
            return Err(error);
        }
        Either::Left((applied, watched)) => (applied, watched.await),
        Either::Right((verdict, applying)) => (applying.await, verdict),
    };
    follower.abort();
    match verdict? {
        Verdict::Serving { .. } => applied,
        Verdict::Failed { why, finding, back } => {
            let mut error = CommandError::new(
                Exit::Failed,
                format!("the new version does not serve: {why}"),
            );
            if let Some(finding) = finding {
                add(&mut error, finding, &why);
            }
            error.lines.push(gone_back(&back));
            Err(error)
        }
        Verdict::Interrupted { back } => Err(CommandError {
            exit: Exit::Interrupted,
            lines: vec!["interrupted".to_owned(), gone_back(&back)],
            hints: Vec::new(),
        }),
    }
}

fn gone_back(back: &Back) -> String {
    match back {
        Back::Serves {
            task_definition,
            by_breaker,
        } => {
            let revision = task_definition.rsplit('/').next().unwrap_or_default();
            let who = match by_breaker {
                true => "ECS's circuit breaker",
                false => "bella",
            };
            format!("{who} put {revision} back")
        }
        Back::Not { why } => format!("the version before is not back: {why}"),
    }
}

/// A line for each change of what is seen.
fn show(snapshot: &Snapshot, last: &mut String, talk: Talk<'_>) {
    let revisions = snapshot.view.revisions.iter().map(|it| {
        let name = it.task_definition.rsplit(':').next().unwrap_or_default();
        let mark = if it.primary { "*" } else { "" };
        format!(
            "revision {name}{mark}: {} of {} running, {} healthy",
            it.running, it.desired, it.healthy
        )
    });
    let line = revisions.collect::<Vec<_>>().join(" | ");
    if line.is_empty() || line == *last {
        return;
    }
    last.clone_from(&line);
    match talk.ui.json {
        true => talk.ui.line(&json!({
            "type": "rollout", "seconds": snapshot.elapsed.as_secs(), "going_back": snapshot.going_back,
            "status": snapshot.view.rollout.as_ref().map(|it| it.status), "revisions": snapshot.view.revisions,
        })),
        false => talk.done(&line, Some(snapshot.elapsed)),
    }
}
