//! Ctrl-C, and two runs on one stack.

use serde_json::json;

use crate::bed::{Bed, FILE, end, plain, signal, until};

const PROVISION: &str = "provision stacks/dev.yaml --sandbox --yes";

#[test]
fn one_interrupt_ends_what_is_in_flight_and_the_next_run_goes_on() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(100);
    let run = bed.start(PROVISION);
    until("objects are being made", || cloud.changes(before) >= 5);
    signal(&run, "INT");
    let ended = end(run).exits(130).says(&[
        "finishing what is in flight; press Ctrl-C again to stop at once\n",
        "error: skipped, since the run was interrupted: ",
        "hint: what is done stays done; go on with: bella provision stacks/dev.yaml --sandbox --yes\n",
    ]);
    cloud.no_faults();
    assert!(ended.err.contains(" done, 0 failed, "), "{}", ended.err);
    assert!(
        !ended.err.contains("under way"),
        "what was in flight ended: {}",
        ended.err
    );
    let history = bed
        .bella(&format!("history {FILE} --sandbox --json"))
        .document();
    assert_eq!(history[0]["outcome"], "interrupted");
    let status = bed
        .bella(&format!("status {FILE} --sandbox --json"))
        .document();
    let made = status["objects"].as_array().map(Vec::len);
    assert_eq!(
        made.map(|made| json!(made)),
        Some(history[0]["done"].clone()),
        "all that was made is recorded"
    );
    bed.bella(PROVISION).succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}

#[test]
fn two_interrupts_stop_at_once_and_the_next_run_completes() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(1500);
    let place = bed.path("said");
    let file = std::fs::File::create(&place).expect("the bed's folder is writable");
    let run = bed.command(PROVISION).stderr(file).spawn();
    let run = run.expect("bella starts");
    let said = |text: &str| std::fs::read_to_string(&place).is_ok_and(|all| all.contains(text));
    until("a change was made", || cloud.changes(before) >= 1);
    signal(&run, "INT");
    until("the first is heard", || said("press Ctrl-C again"));
    signal(&run, "INT");
    let ended = end(run).exits(130);
    assert!(said(
        "stopping at once; the next run completes what is left\n"
    ));
    assert!(
        ended.took.as_millis() < 1000,
        "it stopped after {:?}",
        ended.took
    );
    cloud.no_faults();
    bed.bella(PROVISION).succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}

#[test]
fn a_second_run_is_told_who_is_at_it() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    cloud.slow(200);
    let run = bed.start(PROVISION);
    until("the first run is under way", || cloud.changes(before) >= 1);
    let pid = run.id();
    let host =
        std::fs::read_to_string("/proc/sys/kernel/hostname").expect("Linux says its host's name");
    let held = format!(
        "error: the stack is being changed by another run: provision by arn:aws:iam::000000000000:root (pid {pid} on {}, since ",
        host.trim()
    );
    for line in [
        PROVISION,
        "teardown stacks/dev.yaml --sandbox --yes",
        "unlock stacks/dev.yaml --sandbox --yes",
    ] {
        let refused = bed.bella(line).exits(5);
        assert!(refused.err.contains(&held), "{line}: {}", refused.err);
        assert!(
            refused.err.contains("\nhint: "),
            "{line}: {}",
            plain(&refused.err)
        );
    }
    cloud.no_faults();
    end(run).succeeds();
    let free = bed
        .bella(&format!("unlock {FILE} --sandbox --yes"))
        .succeeds();
    assert_eq!(
        free.out,
        "bella-dev: nothing to break; no run holds the lease.\n"
    );
}
