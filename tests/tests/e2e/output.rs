//! Data on stdout, talk on stderr, and streams that programs read.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran};

/// Checks a stream: every step starts and is done, and one summary comes last.
#[track_caller]
fn complete_stream(ran: &Ran, action: &str, steps: usize) -> Value {
    let lines = ran.lines();
    let (summary, events) = lines.split_last().expect("a summary");
    let count = |state: &str| {
        events
            .iter()
            .filter(|event| event["type"] == "step" && event["state"] == state)
            .count()
    };
    assert_eq!((count("started"), count("done")), (steps, steps));
    let of_action = |event: &&Value| event["type"] == "step" && event["action"] == action;
    assert_eq!(events.iter().filter(of_action).count(), 2 * steps);
    assert!(events.iter().all(|event| {
        ["step", "waiting"]
            .iter()
            .any(|kind| event["type"] == *kind)
    }));
    assert_eq!(
        (&summary["type"], &summary["done"], &summary["failed"]),
        (&json!("summary"), &json!(steps), &json!(0))
    );
    summary.clone()
}

#[test]
fn streams_are_json_lines_that_end_with_a_summary() {
    let bed = Bed::new();
    let made = bed
        .bella(&format!("provision {FILE} --sandbox --yes --json"))
        .succeeds();
    let summary = complete_stream(&made, "create", 66);
    assert_eq!(summary["outputs"]["log_group"], "/bella/bella-dev/service");
    let gone = bed
        .bella(&format!("teardown {FILE} --sandbox --yes --json"))
        .succeeds();
    let summary = complete_stream(&gone, "delete", 66);
    assert_eq!(summary["survivors"], json!([]));

    bed.cloud().faults(&json!([{
        "service": "ec2", "operation": "CreateVpc", "fault": "error", "status": 403,
        "code": "UnauthorizedOperation", "message": "You are not authorized to perform this operation.",
    }]));
    let failed = bed
        .bella(&format!("provision {FILE} --sandbox --yes --json"))
        .exits(1);
    let lines = failed.lines();
    let summary = lines.last().expect("a summary");
    assert_eq!(
        (&summary["type"], &summary["failed"]),
        (&json!("summary"), &json!(1))
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["type"] == "summary")
            .count(),
        1
    );
    let said = summary["errors"][0].as_str().unwrap_or_default();
    assert!(
        said.starts_with(
            "vpc.main (create) failed: ec2:CreateVpc UnauthorizedOperation: You are not"
        ),
        "{said}"
    );
}

#[test]
fn stdout_has_only_data() {
    let bed = Bed::new();
    let quiet = bed
        .bella(&format!("provision {FILE} --sandbox --yes -q"))
        .succeeds();
    assert_eq!((quiet.out.lines().count(), quiet.err.as_str()), (7, ""));
    let plan = bed.bella(&format!("plan {FILE} --sandbox -q")).succeeds();
    assert_eq!((plan.out.lines().count(), plan.err.as_str()), (1, ""));
    let plan = bed.bella(&format!("plan {FILE} --sandbox -v")).succeeds();
    assert!(plan.err.contains(" AWS calls\n"), "{}", plan.err);
    bed.cloud().faults(&json!([{"service": "ec2", "fault": "error", "status": 403, "code": "AuthFailure", "times": 99}]));
    let refused = bed
        .bella(&format!("status {FILE} --sandbox -q"))
        .exits(1)
        .says(&["error: ", "\nhint: "]);
    assert_eq!(refused.out, "");
    let refused = bed
        .bella(&format!("status {FILE} --sandbox --json"))
        .exits(1);
    let document = refused.document();
    assert_eq!(
        (&document["type"], &document["exit"], refused.err.as_str()),
        (&json!("error"), &json!(1), "")
    );
}
