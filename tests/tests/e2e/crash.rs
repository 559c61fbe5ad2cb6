//! A run that is killed at once: the next one completes it, with nothing left over.

use std::collections::BTreeMap;

use serde_json::json;

use crate::bed::{Bed, FILE, end, signal, until};

/// Slow enough for a kill to fall between calls.
const SLOW: u64 = 25;

/// Starts `line`, kills it once it made `changes` changing calls, and checks that it holds nothing.
fn killed(bed: &Bed, line: &str, changes: usize) {
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
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code --json"))
        .succeeds();
    assert_eq!(plan.document()["changes"], json!([]));
    assert_eq!(bed.cloud().count(), *clean);
}

#[test]
fn a_killed_provision_is_completed_by_the_next() {
    let bed = Bed::new();
    let empty = bed.cloud().count();
    let provision = format!("provision {FILE} --sandbox --yes");
    bed.bella(&provision).succeeds();
    let clean = bed.cloud().count();
    for changes in [1, 4, 12, 25, 38, 50] {
        bed.bella(&format!("teardown {FILE} --sandbox --yes"))
            .succeeds();
        assert_eq!(
            bed.cloud().count(),
            empty,
            "before the kill after {changes} calls"
        );
        killed(&bed, &provision, changes);
        converges(&bed, &clean);
    }
}

#[test]
fn a_killed_teardown_is_completed_by_the_next() {
    let bed = Bed::new();
    let empty = bed.cloud().count();
    for changes in [1, 10, 25] {
        bed.bella(&format!("provision {FILE} --sandbox --yes"))
            .succeeds();
        killed(&bed, &format!("teardown {FILE} --sandbox --yes"), changes);
        let gone = bed
            .bella(&format!("teardown {FILE} --sandbox --yes"))
            .succeeds();
        assert!(
            gone.out.contains("the census finds nothing left"),
            "{}",
            gone.out
        );
        assert_eq!(
            bed.cloud().count(),
            empty,
            "after the kill after {changes} calls"
        );
    }
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
