//! Why a version that runs does not serve: what `bella why` finds, at once.

use std::time::{Duration, Instant};

use bella_aws::rollout::cause::Cause;
use tokio::time::sleep;

use crate::problem::told;
use crate::site::{Failure as _, Site};

/// For so long a second sign of a cause is waited for: a program that does not reach its database says so within seconds.
const WITHIN: Duration = Duration::from_secs(15);
const EVERY: Duration = Duration::from_secs(1);

/// Adds to a proof's failure what the tasks, their logs and the load balancer say of it.
pub(crate) async fn explain<S: Site>(
    site: &S,
    place: Option<(String, String)>,
    why: S::Error,
) -> S::Error {
    let Some((cluster, service)) = place else {
        return why;
    };
    let began = Instant::now();
    loop {
        // What cannot be looked at adds nothing; the proof failed all the same.
        let finding = site.finding(&cluster, &service).await;
        let known = finding.filter(|finding| finding.cause != Cause::Unknown);
        let late = began.elapsed() >= WITHIN;
        match known {
            Some(finding) if finding.proven || late => {
                let (lines, hints) = told(&finding);
                return why.and(lines, hints);
            }
            _ if late => return why,
            _ => sleep(EVERY).await,
        }
    }
}
