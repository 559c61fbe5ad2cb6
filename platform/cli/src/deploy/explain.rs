//! Why a version that runs does not serve: what `bella why` finds, at once.

use std::time::{Duration, Instant};

use bella_aws::rollout::cause::{Cause, Finding};
use bella_aws::rollout::report::report;
use tokio::time::sleep;

use crate::error::CommandError;
use crate::session::Session;

/// For so long a second sign of a cause is waited for: a program that does not reach its database says so within seconds.
const WITHIN: Duration = Duration::from_secs(15);
const EVERY: Duration = Duration::from_secs(1);

/// Adds to a proof's failure what the tasks, their logs and the load balancer say of it; `options` is what follows the
/// commands of a fix.
pub(super) async fn explain(
    session: &Session,
    place: Option<(String, String)>,
    options: &str,
    mut why: CommandError,
) -> CommandError {
    let Some((cluster, service)) = place else {
        return why;
    };
    let began = Instant::now();
    loop {
        let at = (cluster.as_str(), service.as_str());
        let seen = report(&session.aws, at, &session.stack, options).await;
        // What cannot be looked at adds nothing; the proof failed all the same.
        let finding = seen.ok().and_then(|seen| seen.finding);
        let known = finding.filter(|finding| finding.cause != Cause::Unknown);
        let late = began.elapsed() >= WITHIN;
        match known {
            Some(finding) if finding.proven || late => {
                add(&mut why, finding, "");
                return why;
            }
            _ if late => return why,
            _ => sleep(EVERY).await,
        }
    }
}

/// Adds a cause to an error that has said `said` already.
pub(super) fn add(error: &mut CommandError, finding: Finding, said: &str) {
    if finding.sentence != said {
        error.lines.push(finding.sentence);
    }
    let told = finding
        .evidence
        .iter()
        .map(|line| format!("{} {}", line.at.strftime("%H:%M:%S"), line.text));
    error.lines.extend(told);
    error.hints.extend(finding.fix.first);
    error.hints.push(finding.fix.command);
}
