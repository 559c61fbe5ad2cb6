//! The sandbox's life: what it holds survives being stopped, and two do not see each other.

use crate::bed::{Bed, FILE, signal_pid, until};

fn pid(bed: &Bed) -> Option<u32> {
    let status = bed.bella("sandbox status --json").succeeds().document();
    status["pids"]["daemon"]
        .as_u64()
        .and_then(|pid| u32::try_from(pid).ok())
}

#[test]
fn state_survives_a_stop() {
    let bed = Bed::new().provisioned();
    let endpoint = bed.cloud().endpoint;
    let unchanged = || {
        bed.bella("sandbox up").succeeds();
        assert_eq!(bed.cloud().endpoint, endpoint);
        bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
            .succeeds();
    };
    assert_eq!(
        bed.bella("sandbox down").succeeds().out,
        "stopped; its state is kept\n"
    );
    assert_eq!(
        bed.bella("sandbox status").succeeds().out,
        "not running; `bella sandbox up` starts it\n"
    );
    assert_eq!(
        bed.bella("sandbox down").succeeds().out,
        "was not running; its state is kept\n"
    );
    unchanged();
    signal_pid(pid(&bed).expect("it runs"), "TERM");
    until("the daemon has saved and gone", || pid(&bed).is_none());
    unchanged();

    assert_eq!(
        bed.bella("sandbox reset").succeeds().out,
        "stopped; its state is deleted\n"
    );
    bed.bella("sandbox up").succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .exits(6);
}

#[test]
fn a_killed_sandbox_says_what_it_has_again() {
    let bed = Bed::new();
    bed.bella("sandbox down").succeeds();
    bed.bella("sandbox up").succeeds();
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    signal_pid(pid(&bed).expect("it runs"), "KILL");
    until("the daemon is gone", || pid(&bed).is_none());
    bed.bella("sandbox up")
        .succeeds()
        .says(&["the last run did not stop cleanly: "]);
    // Whatever it has again, the next run completes it.
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}

#[test]
fn two_sandboxes_do_not_see_each_other() {
    let (one, other) = (Bed::new().provisioned(), Bed::new());
    assert_ne!(one.cloud().endpoint, other.cloud().endpoint);
    let status = other.bella(&format!("status {FILE} --sandbox")).succeeds();
    assert_eq!(
        status.out,
        "bella-dev has nothing in ca-central-1 (000000000000).\n"
    );
    other.bella("sandbox reset").succeeds();
    one.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}
