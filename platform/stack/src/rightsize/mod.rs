//! Sizes judged by what a week of them used.
//!
//! A part is too small above [`HIGH`] and too large below [`LOW`], both in percent and both of percentiles, never of a mean: a service
//! that idles all night has a low mean and a busy morning. What may become smaller is judged by the 99th percentile, because a smaller
//! size has to stand the busiest hour of every working day, which is only 3 % of a week and which the 95th would leave out. Processors
//! are called too small by the 95th: more than eight hours a week, which is load and no spike; memory by the 99th, because what runs
//! out of it is killed rather than slowed. Only hours in which a part ran are counted: a part that is stopped publishes nothing.

mod cache;
mod database;
mod finding;
mod series;
mod storage;
mod task;
mod week;

pub use finding::{Change, Finding, Part, Seen, Verdict};
pub use series::{Signal, Watched, watched};
pub use week::{DAYS, PERIOD_SECONDS, Week};

use crate::Stack;

/// Percent of use below which a part is too large.
const LOW: f64 = 25.0;
/// Percent of use above which a part is too small.
const HIGH: f64 = 80.0;

/// What a week says of each part of a stack whose size its file chooses, in a fixed order.
#[must_use]
pub fn judge(stack: &Stack, week: &Week) -> Vec<Finding> {
    let mut findings = vec![task::judge(stack, week)];
    if let Some(database) = &stack.database {
        findings.push(database::judge(database, week));
        findings.push(storage::judge(database, week));
    }
    findings.extend(stack.cache.as_ref().and_then(|it| cache::judge(it, week)));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, path::Path};

    /// A stack with a database and a serverless cache.
    pub(super) fn stack() -> Stack {
        let text = "stack: bella-test\nenvironment: staging\nregion: ca-central-1\nowner: a@bella.example\ncost_center: booking\n\
                    budget: { monthly_usd: 100 }\nservice: { secrets: [app] }\ndatabase: {}\ncache: {}\n";
        let files = BTreeMap::from([(Path::new("a.yaml").to_owned(), text.as_bytes().to_vec())]);
        let loaded = crate::load_with(&files, Path::new("a.yaml"));
        loaded.expect("a valid stack").stack
    }

    #[test]
    fn every_part_is_said_and_every_signal_is_read() {
        let stack = stack();
        let findings = judge(&stack, &Week::default());
        let parts: Vec<Part> = findings.iter().map(|one| one.part).collect();
        assert_eq!(
            parts,
            [Part::Service, Part::Database, Part::Storage, Part::Cache]
        );
        assert!(findings.iter().all(|one| one.verdict == Verdict::Unknown));
        assert_eq!(watched(&stack).len(), 8);
    }
}
