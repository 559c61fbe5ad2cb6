//! Resources that the stack file declares itself, renamed ones among them.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::json;

use crate::bed::{Bed, FILE};

const PROVISION: &str = "provision stacks/dev.yaml --sandbox --yes";

const RESOURCES: &str = "
resources:
  sqs_queue.audit: { message_retention_period: 86400 }
  s3_bucket.files: {}
  sns_topic.notices: {}
  sns_subscription.ops: { topic: \"${sns_topic.notices.arn}\", protocol: email, endpoint: ops@bella.example }
";

fn bed() -> Bed {
    let bed = Bed::new();
    append(&bed, RESOURCES);
    bed
}

fn append(bed: &Bed, text: &str) {
    let file = OpenOptions::new().append(true).open(bed.path(FILE));
    let mut file = file.expect("the stack file is there");
    file.write_all(text.as_bytes())
        .expect("the stack file is writable");
}

fn is_as_declared(bed: &Bed) {
    let plan = bed.bella(&format!("plan {FILE} --sandbox --exit-code --json"));
    assert_eq!(plan.succeeds().document()["changes"], json!([]));
}

#[test]
fn any_kind_can_be_declared_and_renamed_without_being_replaced() {
    let bed = bed();
    bed.bella(PROVISION).succeeds().says(&[
        "\nLeft to do by hand:\n  ",
        "  ops@bella.example gets no alarms before somebody opens AWS's e-mail there",
    ]);
    is_as_declared(&bed);
    let ids = |address: &str| {
        let status = bed
            .bella(&format!("status {FILE} --sandbox --json"))
            .succeeds()
            .document();
        let objects = status["objects"].as_array().cloned().unwrap_or_default();
        let it = objects.iter().find(|object| object["address"] == address);
        it.map(|object| object["id"].clone())
    };
    let (queue, bucket) = (ids("sqs_queue.audit"), ids("s3_bucket.files"));
    assert!(queue.is_some() && bucket.is_some());

    // A data store that is called otherwise looks like one that goes.
    bed.edit(FILE, "s3_bucket.files", "s3_bucket.records");
    bed.edit(FILE, "sqs_queue.audit", "sqs_queue.trail");
    let before = bed.cloud().last_call();
    bed.bella(PROVISION).exits(3).says(&[
        "error: s3_bucket.files (",
        "would be deleted, and it holds data\n",
        "hint: if it only has a new name, add `s3_bucket.files: s3_bucket.records` to `moved` in the stack file; if it is meant to go, repeat the command with --unprotect s3_bucket.files\n",
    ]);
    assert_eq!(bed.cloud().changes(before), 0);

    append(
        &bed,
        "moved: { s3_bucket.files: s3_bucket.records, sqs_queue.audit: sqs_queue.trail }\n",
    );
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --json"))
        .succeeds()
        .document();
    let moves = plan["changes"].as_array().cloned().unwrap_or_default();
    let moves: Vec<_> = moves
        .iter()
        .map(|change| (&change["address"], &change["action"]))
        .collect();
    assert_eq!(
        moves,
        [
            (&json!("s3_bucket.records"), &json!("move")),
            (&json!("sqs_queue.trail"), &json!("move")),
        ]
    );
    bed.bella(PROVISION).succeeds();
    is_as_declared(&bed);
    assert_eq!(
        (ids("sqs_queue.trail"), ids("s3_bucket.records")),
        (queue, bucket)
    );

    // What holds data goes with consent, and with the whole stack.
    bed.edit(FILE, "  s3_bucket.records: {}\n", "");
    bed.edit(
        FILE,
        "moved: { s3_bucket.files: s3_bucket.records, ",
        "moved: { ",
    );
    bed.bella(PROVISION)
        .exits(3)
        .says(&["--unprotect s3_bucket.records\n"]);
    bed.bella(&format!("{PROVISION} --unprotect s3_bucket.records"))
        .succeeds();
    let gone = bed.bella("teardown bella-dev --sandbox --yes").succeeds();
    assert!(
        gone.out.contains("the census finds nothing left"),
        "{}",
        gone.out
    );
}

#[test]
fn a_teardown_says_what_becomes_of_the_data() {
    let bed = bed();
    bed.edit(FILE, "environment: development", "environment: staging");
    bed.edit(
        FILE,
        "  s3_bucket.files: {}",
        "  s3_bucket.files: {}\n  secret.vault: {}",
    );
    let provision = format!("{PROVISION} --accept-over-budget a-test");
    bed.bella(&provision).succeeds();
    let look = |flag: &str| {
        bed.bella(&format!("teardown bella-dev --sandbox {flag}"))
            .exits(2)
    };
    let copy = "  # holds data; a copy that can be restored for 30 days is kept\n";
    let lost = "  # holds data, which is lost\n";
    look("").says(&["  - s3_bucket.files (", lost, "  - secret.vault (", copy]);
    assert!(!look("--skip-final-snapshot").err.contains(copy));
    let gone = bed.bella("teardown bella-dev --sandbox --yes").succeeds();
    let kept = "\nKept, and costing money until somebody deletes it:\n  final snapshot ";
    assert!(gone.err.contains(kept), "{}", gone.err);

    // The secret comes back with the stack, and goes for good.
    bed.bella(&provision).succeeds();
    let gone = bed
        .bella("teardown bella-dev --sandbox --yes --json --skip-final-snapshot")
        .succeeds();
    let last = gone.lines().pop().expect("a summary");
    assert_eq!(last["survivors"], json!([]));
    // The copy that the first teardown left of the database is there still.
    let kept = last["kept"].as_array().expect("a list of what is kept");
    let kept: Vec<&serde_json::Value> = kept.iter().map(|copy| &copy["what"]).collect();
    assert_eq!(kept, [&json!("final snapshot")]);
}
