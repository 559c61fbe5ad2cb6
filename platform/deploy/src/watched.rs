//! A rollout under way: applied and watched at once, since ECS's word that a service is stable is also true of the version before.

use std::cell::Cell;
use std::time::Duration;

use bella_aws::rollout::own::{Deployment, Snapshot};
use bella_aws::rollout::watch::{Back, Verdict};
use futures_util::future::{Either, select};

use crate::problem::{Ends, Problem};
use crate::site::{Site, Told};

/// Applies, and watches `ours` meanwhile, which that asks for.
///
/// # Errors
/// The revision does not serve, with the cause and what to do; or what is applied fails before ECS shows the deployment.
pub(crate) async fn both<S: Site>(
    site: &S,
    ours: &Deployment,
    timeout: Duration,
    applying: impl Future<Output = Result<(), S::Error>>,
) -> Result<(), S::Error> {
    let seen = Cell::new(false);
    let on = |snapshot: &Snapshot| {
        seen.set(seen.get() || snapshot.view.rollout.is_some());
        site.tell(Told::Rollout(snapshot));
    };
    let watched = Box::pin(site.watch(ours, timeout, &on));
    let (applied, verdict) = match select(Box::pin(applying), watched).await {
        Either::Left((Err(error), _)) if !seen.get() => return Err(error),
        Either::Left((applied, watched)) => (applied, watched.await),
        Either::Right((verdict, applying)) => (applying.await, verdict),
    };
    match refusal(verdict?) {
        None => applied,
        Some(problem) => Err(problem.into()),
    }
}

/// Why the revision does not serve; `None` where it does.
fn refusal(verdict: Verdict) -> Option<Problem> {
    match verdict {
        Verdict::Serving { .. } => None,
        Verdict::Failed { why, finding, back } => {
            let mut problem = Problem::failed(format!("the new version does not serve: {why}"));
            if let Some(finding) = finding {
                problem = problem.because(&finding);
            }
            problem.lines.push(gone_back(&back));
            Some(problem)
        }
        Verdict::Interrupted { back } => {
            let mut problem = Problem::of(Ends::Interrupted, "interrupted");
            problem.lines.push(gone_back(&back));
            Some(problem)
        }
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
