//! Policies as users meet them: denied before anything changes, excepted, judged again before a call, and their own tests.

use std::fs;

use serde_json::json;

use crate::bed::{Bed, FILE};

/// A queue that is not encrypted.
const OPEN: &str = "\nresources:\n  sqs_queue.audit: { sse: false }\n";
const WHY: &str = "is not encrypted at rest; set sse: true";

#[test]
fn a_denied_plan_changes_nothing_and_an_exception_lets_it_through() {
    let bed = Bed::new();
    bed.append(FILE, OPEN);
    let denial = format!("encryption_at_rest: sqs_queue.audit {WHY}");
    bed.bella(&format!("validate {FILE}"))
        .exits(3)
        .says(&[&denial, "owner: MAILBOX"]);
    let plan = bed.bella(&format!("plan {FILE} --sandbox --json")).exits(3);
    let verdict = json!({
        "policy": "encryption_at_rest", "address": "sqs_queue.audit", "severity": "deny", "state": "denied", "message": WHY,
    });
    assert_eq!(plan.document()["policy"], json!([verdict]));
    let comment = bed.bella(&format!("plan {FILE} --sandbox --markdown"));
    let row = format!("| **deny** | `encryption_at_rest` | `sqs_queue.audit` | {WHY} |\n");
    assert!(comment.exits(3).out.contains(&row));
    bed.bella(&format!("policy check {FILE} --sandbox"))
        .exits(3);

    let before = bed.cloud().last_call();
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(3)
        .says(&["1 denial by policy; nothing was changed", &denial]);
    assert_eq!(bed.cloud().changes(before), 0);

    bed.append(
        FILE,
        "policy:\n  exceptions:\n    - { policy: encryption_at_rest, address: sqs_queue.audit, owner: ops@bella.example, reason: it holds nothing, expires: 2999-12-31 }\n",
    );
    let checked = bed
        .bella(&format!("policy check {FILE} --sandbox"))
        .succeeds();
    let line = format!(
        "  excepted  encryption_at_rest  sqs_queue.audit {WHY}; excepted until 2999-12-31 by ops@bella.example: it holds nothing\n"
    );
    assert!(checked.out.contains(&line), "{}", checked.out);
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    assert!(plan.out.contains(&line), "{}", plan.out);
}

/// Before anything is made for it, or anybody asks its registry.
#[test]
fn production_takes_no_image_by_its_tag() {
    let bed = Bed::new();
    let before = bed.cloud().last_call();
    let image = "registry.bella.example/service:latest";
    let line = format!("provision stacks/prod.yaml --sandbox --yes --image {image}");
    bed.bella(&line).exits(3).says(&[
        "image_digest: task_definition.service names the image registry.bella.example/service:latest",
        "nothing was changed",
    ]);
    assert_eq!(bed.cloud().changes(before), 0);
}

/// Denies subscriptions once it is known to which topic.
const LATE: &str = r#"package bella.late

deny contains {"address": one.address, "message": "is of a topic; remove it"} if {
	some one in data.bella.lib.of("sns_subscription")
	topic := one.properties.topic
	data.bella.lib.known(topic)
	startswith(topic, "arn:aws:sns:")
}

unknown contains verdict if {
	some one in data.bella.lib.of("sns_subscription")
	verdict := data.bella.lib.undecided(one, "topic")
}
"#;

#[test]
fn what_is_known_late_is_judged_just_before_the_call() {
    let bed = Bed::new();
    let folder = bed.path("stacks/policies");
    fs::create_dir(&folder).expect("the folder is writable");
    fs::write(folder.join("late.rego"), LATE).expect("the folder is writable");
    bed.append(
        FILE,
        "\nresources:\n  sns_topic.news: {}\n  sns_subscription.news: { topic: \"${sns_topic.news.arn}\", protocol: email, endpoint: ops@bella.example }\n",
    );
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    let line = "  unknown   late  sns_subscription.news has a value of topic that is known only after apply; checked before the call\n";
    assert!(plan.out.contains(line), "{}", plan.out);
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(3)
        .says(&[
            "sns_subscription.news (create) failed: denied by late: is of a topic; remove it\n",
        ]);
    let log = bed.cloud().control("GET", "calls?since=0", &json!(null));
    let made = |operation: &str| {
        let mut calls = log["calls"].as_array().into_iter().flatten();
        calls.any(|call| call["operation"] == operation)
    };
    assert!(made("CreateTopic"), "{log}");
    assert!(!made("Subscribe"), "{log}");
}

#[test]
fn tests_of_policies_name_file_line_and_rule() {
    let bed = Bed::with_files();
    let folder = bed.path("rules");
    fs::create_dir(&folder).expect("the folder is writable");
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder is writable");
    };
    write(
        "quiet.rego",
        "package bella.quiet\n\ndeny contains {\"message\": \"is loud\"} if input.stack == \"loud\"\n",
    );
    let test = |stack: &str| {
        format!(
            "package bella.quiet_test\n\nimport data.bella.quiet\n\ntest_loud if {{\n\tcount(quiet.deny) == 1 with input as {{\"stack\": \"{stack}\"}}\n}}\n"
        )
    };
    write("quiet_test.rego", &test("loud"));
    let passed = bed.bella("policy test rules").succeeds();
    assert_eq!(passed.out, "1 test passed, 0 failed.\n");
    write("quiet_test.rego", &test("soft"));
    let failed = bed.bella("policy test rules").exits(1);
    assert_eq!(
        failed.out,
        "rules/quiet_test.rego:5: test_loud is not true: one of its conditions does not hold\n0 tests passed, 1 failed.\n"
    );
    bed.bella("policy test nowhere")
        .exits(2)
        .says(&["error: reading policies in nowhere: "]);
}
