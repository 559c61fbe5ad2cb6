//! A run that is killed at once: the next one completes it, with nothing left over.

use std::collections::BTreeMap;

use serde_json::json;

use crate::bed::{Bed, FILE, end, signal, signal_pid, until};

/// Slow enough for a kill to fall between calls.
const SLOW: u64 = 25;
/// How many provisions are killed, and how many teardowns.
const KILLS: usize = 30;

/// Starts `line`, kills it once it made `changes` changing calls, and checks that it holds nothing.
pub(crate) fn killed(bed: &Bed, line: &str, changes: usize) {
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(SLOW);
    let run = bed.start(line);
    until("the run has made its calls", || {
        cloud.changes(before) >= changes
    });
    signal(&run, "KILL");
    assert_eq!(
        end(run).code,
        None,
        "the run was still under way after {changes} calls"
    );
    cloud.no_faults();
    let free = bed.bella(&format!("unlock {FILE} --sandbox")).succeeds();
    assert_eq!(free.out, "bella-dev: free; no run holds the lease.\n");
}

fn converges(bed: &Bed, clean: &BTreeMap<String, usize>) {
    completed(bed);
    assert_eq!(bed.cloud().count(), *clean);
}

/// One more run, after which nothing is pending.
fn completed(bed: &Bed) {
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code --json"))
        .succeeds();
    assert_eq!(plan.document()["changes"], json!([]));
}

/// Points at which runs are killed: `count` of them, spread evenly over a run's `calls` changing calls but for the
/// last, which a run may be past before it is killed.
fn points(count: usize, calls: usize) -> Vec<usize> {
    let last = calls - 4;
    let spread = (0..count).map(|number| 1 + number * (last - 1) / (count - 1));
    spread.collect()
}

fn gone(bed: &Bed, empty: &BTreeMap<String, usize>) {
    let gone = bed
        .bella(&format!("teardown {FILE} --sandbox --yes"))
        .succeeds();
    let said = &gone.out;
    assert!(said.contains("the census finds nothing left"), "{said}");
    assert_eq!(bed.cloud().count(), *empty);
}

/// Fifteen provisions and fifteen teardowns, each killed at a point of its own and completed by one more run; `share`
/// 0 takes the even points, 1 the odd ones.
fn killed_again_and_again(share: usize) {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let empty = cloud.count();
    let (provision, teardown) = (
        format!("provision {FILE} --sandbox --yes"),
        format!("teardown {FILE} --sandbox --yes"),
    );
    let start = cloud.last_call();
    bed.bella(&provision).succeeds();
    let clean = cloud.count();
    let made = cloud.changes(start);
    let start = cloud.last_call();
    bed.bella(&teardown).succeeds();
    let removed = cloud.changes(start);
    let pairs = points(KILLS, made).into_iter().zip(points(KILLS, removed));
    for (provisioning, tearing) in pairs.skip(share).step_by(2) {
        killed(&bed, &provision, provisioning);
        converges(&bed, &clean);
        killed(&bed, &teardown, tearing);
        gone(&bed, &empty);
    }
}

#[test]
fn runs_killed_at_even_points_are_completed_by_the_next() {
    killed_again_and_again(0);
}

#[test]
fn runs_killed_at_odd_points_are_completed_by_the_next() {
    killed_again_and_again(1);
}

/// The run, the sandbox's daemon and its emulator at once: what the ledger says was made may be gone from the cloud.
#[test]
fn a_provision_is_completed_when_everything_was_killed() {
    let bed = Bed::new();
    let empty = bed.cloud().count();
    let provision = format!("provision {FILE} --sandbox --yes");
    let start = bed.cloud().last_call();
    bed.bella(&provision).succeeds();
    let made = bed.cloud().changes(start);
    let clean = but_revisions(&bed);
    gone(&bed, &empty);
    for changes in points(6, made) {
        let status = bed.bella("sandbox status --json").document();
        let cloud = bed.cloud();
        let before = cloud.last_call();
        cloud.slow(SLOW);
        let run = bed.start(&provision);
        until("the run has made its calls", || {
            cloud.changes(before) >= changes
        });
        signal(&run, "KILL");
        for process in ["daemon", "emulator"] {
            let pid = status["pids"][process].as_u64().expect("it runs");
            signal_pid(u32::try_from(pid).expect("a process id"), "KILL");
        }
        assert_eq!(end(run).code, None, "the run was still under way");
        bed.bella("sandbox up").succeeds();
        completed(&bed);
        assert_eq!(but_revisions(&bed), clean);
        gone(&bed, &empty);
    }
}

/// What there is beside the revisions of definitions: an emulator that is killed may keep a revision and lose the load balancer that it
/// names, and then another is registered.
fn but_revisions(bed: &Bed) -> BTreeMap<String, usize> {
    let mut count = bed.cloud().count();
    count.retain(|what, _| !what.starts_with("ListTaskDefinitions"));
    count
}

/// With the time that AWS's listings need.
#[test]
fn a_killed_provision_is_completed_with_the_usual_patience() {
    let bed = Bed::new();
    killed(&bed, &format!("provision {FILE} --sandbox --yes"), 12);
    let mut again = bed.command(&format!("provision {FILE} --sandbox --yes"));
    crate::bed::run(again.env("BELLA_CONSISTENCY_SECONDS", "60")).succeeds();
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code --json"))
        .succeeds();
    assert_eq!(plan.document()["changes"], json!([]));
}
