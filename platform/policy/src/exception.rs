//! Exceptions: what a stack file lets through, by whom and until when.

use bella_stack::stack::Exception;
use jiff::civil::Date;

use crate::verdict::{Excuse, Severity, State, Verdict};

/// Under which name it is said that an exception does not count.
const ABOUT: &str = "exceptions";

/// Lets through what an exception is for, and says which exceptions count for nothing. Its last day is whole: `today` is the day in the
/// zone of the stack's business hours.
pub(crate) fn except(
    mut verdicts: Vec<Verdict>,
    exceptions: &[Exception],
    policies: &[String],
    today: Date,
    stack: &str,
) -> Vec<Verdict> {
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.denies()) {
        let mut of = exceptions.iter().filter(|one| covers(one, verdict));
        if let Some(one) = of.clone().find(|one| one.expires.date() >= today) {
            verdict.severity = Severity::Warn;
            verdict.state = State::Excepted;
            verdict.exception = Some(excuse(one));
        } else if let Some(one) = of.next() {
            let Excuse { owner, expires, .. } = excuse(one);
            verdict.message += &format!(" (the exception of {owner} expired on {expires})");
        }
    }
    verdicts.extend(exceptions.iter().filter_map(|one| {
        let message = idle(one, policies, today)?;
        Some(Verdict {
            policy: ABOUT.to_owned(),
            address: stack.to_owned(),
            severity: Severity::Warn,
            state: State::Warned,
            message,
            exception: None,
        })
    }));
    verdicts
}

/// Why an exception counts for nothing; `None` where it counts.
fn idle(one: &Exception, policies: &[String], today: Date) -> Option<String> {
    let policy = &one.policy;
    if !policies.iter().any(|known| *known == policy.as_str()) {
        return Some(format!(
            "has an exception of `{policy}`, and there is no such policy; `bella policy check STACK` lists them"
        ));
    }
    let Excuse { owner, expires, .. } = excuse(one);
    (one.expires.date() < today).then(|| {
        format!("has an exception of {policy} by {owner} that expired on {expires}; remove it, or have it renewed")
    })
}

fn covers(one: &Exception, verdict: &Verdict) -> bool {
    let address = one.address.as_ref();
    one.policy.as_str() == verdict.policy
        && address.is_none_or(|address| address.to_string() == verdict.address)
}

fn excuse(one: &Exception) -> Excuse {
    Excuse {
        owner: one.owner.to_string(),
        reason: one.reason.clone(),
        expires: one.expires.to_string(),
    }
}
