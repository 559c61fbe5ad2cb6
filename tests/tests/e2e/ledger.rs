//! A ledger in a bucket: found by the stack's name, and a lease that one run has at a time.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bed::{Bed, FILE, Ran, STACK, end, run, signal, until};

const BUCKET: &str = "bella-ledger-000000000000-ca-central-1";
const PROVISION: &str = "provision stacks/dev.yaml --sandbox --yes";

/// A sandbox whose stack keeps its ledger in the account's bucket.
fn bed() -> Bed {
    let bed = Bed::new();
    bed.edit("stacks/base.yaml", "ledger: local", "ledger: s3");
    bed
}

/// With leases that run out soon, and not before a run on a busy machine has renewed its own.
fn brief(bed: &Bed) -> Command {
    let mut command = bed.command(PROVISION);
    command.env("BELLA_LEASE_SECONDS", "6");
    command
}

/// Runs the command until the lease is free; another exit code is the test's failure.
fn as_soon_as_free(bed: &Bed) -> Ran {
    let limit = Instant::now() + Duration::from_secs(30);
    loop {
        let ran = run(&mut brief(bed));
        if ran.code != Some(5) {
            return ran;
        }
        assert!(Instant::now() < limit, "never free: {}", ran.err);
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn is_as_declared(bed: &Bed) {
    let plan = bed.bella(&format!("plan {FILE} --sandbox --exit-code --json"));
    assert_eq!(plan.succeeds().document()["changes"], json!([]));
}

#[test]
fn a_stack_found_by_name_finds_its_ledger_in_a_bucket() {
    let bed = bed();
    let made = bed.bella(&format!("{PROVISION} -q")).succeeds();
    assert_eq!(made.err, "");
    assert!(
        !bed.path("sandbox/ledger").exists(),
        "nothing is recorded on this machine"
    );
    is_as_declared(&bed);
    let history = |name: &str| bed.bella(&format!("history {name} --sandbox --json"));
    let runs = history(STACK).succeeds().document();
    assert_eq!(runs[0]["planned"]["create"], runs[0]["done"]);
    assert_eq!(runs[0]["outcome"], "done");
    bed.bella(&format!("drift {STACK} --sandbox")).succeeds();
    let free = bed.bella(&format!("unlock {STACK} --sandbox")).succeeds();
    assert_eq!(free.out, "bella-dev: free; no run holds the lease.\n");

    bed.bella(&format!("teardown {STACK} --sandbox --yes"))
        .succeeds();
    // The bucket is no stack's, and the stack's record outlives it.
    let past = bed.bella(&format!(
        "history {STACK} --sandbox --json --region ca-central-1"
    ));
    let runs = past.succeeds().document();
    let operations = [
        &runs[0]["actor"]["operation"],
        &runs[1]["actor"]["operation"],
    ];
    assert_eq!(operations, ["teardown", "provision"]);
}

#[test]
fn the_bucket_is_made_closed_and_kept_so() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let bootstrap = "bootstrap --sandbox --region ca-central-1";
    let made = bed.bella(bootstrap).succeeds();
    assert_eq!(made.out, format!("s3://{BUCKET} is made\n"));
    let again = bed.bella(bootstrap).succeeds();
    assert_eq!(again.out, format!("s3://{BUCKET} is as it should be\n"));
    for (aspect, expected) in [
        ("versioning", "<Status>Enabled</Status>"),
        ("encryption", "<SSEAlgorithm>AES256</SSEAlgorithm>"),
        (
            "publicAccessBlock",
            "<RestrictPublicBuckets>true</RestrictPublicBuckets>",
        ),
        ("policy", "aws:SecureTransport"),
        ("tagging", "<Key>bella:tool</Key><Value>ledger</Value>"),
        ("lifecycle", "<NoncurrentDays>90</NoncurrentDays>"),
    ] {
        let (status, answer) = cloud.s3("GET", &format!("/{BUCKET}?{aspect}"), "");
        assert_eq!(status, 200, "{aspect}: {answer}");
        assert!(answer.contains(expected), "{aspect}: {answer}");
    }
    let other = "--ledger s3://somebody-elses";
    bed.bella(&format!("{bootstrap} {other} --json")).succeeds();
    let endpoint = format!(
        "plan {FILE} --endpoint-url {} {other}-ledger",
        cloud.endpoint
    );
    let keys = [("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "y")];
    run(bed.command(&endpoint).envs(keys)).exits(1).says(&[
        "error: the ledger's bucket s3://somebody-elses-ledger does not exist\n",
        "hint: make it, once for an account and region, with: bella bootstrap ",
    ]);
}

#[test]
fn of_two_runs_at_once_one_acts() {
    let bed = bed();
    // The race is for the lease, not for who makes its bucket first.
    bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    bed.cloud().slow(20);
    let runs: Vec<_> = (0..3).map(|_| bed.start(PROVISION)).collect();
    let mut ends: Vec<Ran> = runs.into_iter().map(end).collect();
    ends.sort_by_key(|ran| ran.code);
    let codes: Vec<_> = ends.iter().map(|ran| ran.code).collect();
    assert_eq!(codes, [Some(0), Some(5), Some(5)], "{}", ends[1].err);
    for refused in ends.drain(1..) {
        refused.says(&["error: the stack is being changed by another run"]);
    }
    bed.cloud().no_faults();
    is_as_declared(&bed);
}

#[test]
fn the_lease_of_a_killed_run_runs_out() {
    let bed = bed();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(25);
    let killed = brief(&bed).spawn().expect("bella starts");
    until("objects are being made", || cloud.changes(before) >= 8);
    signal(&killed, "KILL");
    end(killed);
    cloud.no_faults();
    let refused = run(&mut brief(&bed)).exits(5).err;
    assert!(
        refused.contains(": provision by arn:aws:iam::"),
        "{refused}"
    );
    as_soon_as_free(&bed).succeeds();
    is_as_declared(&bed);
    let runs = bed.bella(&format!("history {FILE} --sandbox --json"));
    let runs = runs.document();
    assert_eq!(
        [&runs[0]["outcome"], &runs[1]["outcome"]],
        ["done", "taken over"]
    );
}

#[test]
fn a_run_that_slept_through_its_lease_changes_nothing_more() {
    let bed = bed();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(60);
    let slept = brief(&bed).spawn().expect("bella starts");
    until("objects are being made", || cloud.changes(before) >= 8);
    signal(&slept, "STOP");
    until("what was in flight has arrived", || cloud.open() == 0);
    cloud.no_faults();
    as_soon_as_free(&bed).succeeds();
    let taken_over = cloud.last_call();
    signal(&slept, "CONT");
    end(slept)
        .exits(5)
        .says(&["the lease on this stack was lost to another run"]);
    // A call whose check had passed when the run was stopped is sent when it wakes; nothing can take it back. The run had some
    // fifty to go.
    let late = cloud.changes(taken_over);
    assert!(late <= 4, "{late} changes after the lease was lost");
    is_as_declared(&bed);
}

/// With a lease that is far from running out, only the number stops the run whose lease is broken.
#[test]
fn a_run_whose_lease_was_broken_is_refused_its_next_event() {
    let bed = bed();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(60);
    let loser = bed.start(PROVISION);
    until("objects are being made", || cloud.changes(before) >= 8);
    bed.bella(&format!("unlock {FILE} --sandbox"))
        .exits(2)
        .says(&[
            "bella-dev is held: provision by ",
            "hint: repeat the command with --yes",
        ]);
    let broken = bed.bella(&format!("unlock {FILE} --sandbox --yes"));
    assert_eq!(broken.succeeds().out, "bella-dev: the lease is broken.\n");
    end(loser)
        .exits(5)
        .says(&["the lease on this stack was lost to another run"]);
    cloud.no_faults();
    bed.bella(PROVISION).succeeds();
    is_as_declared(&bed);
}
