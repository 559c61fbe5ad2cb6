//! Alarms that are listed and made to ring, and the runbooks' safe commands, on a stack that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bed::{Bed, FILE, STACK};
use crate::cloud::Cloud;

/// Makes a topic, a queue that it tells, and an alarm of the stack that tells the topic; the queue's address.
fn extra_alarm(cloud: &Cloud) -> String {
    let between = |text: &str, tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>")).expect("it is there");
        let (inner, _) = rest.split_once("</").expect("it ends");
        inner.to_owned()
    };
    let made = cloud.query("sns", "CreateTopic", &[("Name", "extra")]);
    let topic = between(&made, "TopicArn");
    let made = cloud.query("sqs", "CreateQueue", &[("QueueName", "extra")]);
    let queue = between(&made, "QueueUrl");
    let arn = topic.replace(":sns:", ":sqs:");
    let policy = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"Service\":\"sns.amazonaws.com\"}},\"Action\":\"sqs:SendMessage\",\"Resource\":\"{arn}\"}}]}}"
    );
    let fields = [
        ("QueueUrl", queue.as_str()),
        ("Attribute.1.Name", "Policy"),
        ("Attribute.1.Value", policy.as_str()),
    ];
    cloud.query("sqs", "SetQueueAttributes", &fields);
    let fields = [
        ("TopicArn", topic.as_str()),
        ("Protocol", "sqs"),
        ("Endpoint", arn.as_str()),
    ];
    cloud.query("sns", "Subscribe", &fields);
    let fields = [
        ("AlarmName", "bella-dev-extra"),
        ("AlarmDescription", "Runbook: service-down"),
        ("Namespace", "Extra"),
        ("MetricName", "Things"),
        ("Statistic", "Sum"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "1"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("TreatMissingData", "missing"),
        ("ActionsEnabled", "true"),
        ("AlarmActions.member.1", topic.as_str()),
        ("OKActions.member.1", topic.as_str()),
        ("Tags.member.1.Key", "bella:stack"),
        ("Tags.member.1.Value", STACK),
        ("Tags.member.2.Key", "bella:address"),
        ("Tags.member.2.Value", "metric_alarm.extra"),
    ];
    cloud.query("monitoring", "PutMetricAlarm", &fields);
    queue
}

fn labelled<'a>(document: &'a Value, label: &str) -> &'a Value {
    let all = document["alarms"].as_array().into_iter().flatten();
    all.into_iter()
        .find(|alarm| alarm["label"] == label)
        .unwrap_or_else(|| panic!("no {label} in {document}"))
}

#[test]
fn alarms_are_listed_and_reach_whom_they_should() {
    let bed = Bed::new().provisioned();
    let listed = || {
        bed.bella(&format!("alarms list {STACK} --sandbox --json"))
            .succeeds()
            .document()
    };
    assert_eq!(
        labelled(&listed(), "schedule_failures")["runbook"],
        "schedule-failed"
    );

    // The owner's mailbox, which nobody has confirmed.
    let ran = bed.bella(&format!("alarms test {FILE} schedule-failures --sandbox"));
    let ran = ran.exits(1);
    for said in [
        "schedule_failures: rang, and told nobody",
        "platform@bella.example has not confirmed the subscription",
        "fix: follow the link in AWS's e-mail to platform@bella.example",
    ] {
        assert!(ran.out.contains(said), "{said} is not in:\n{}", ran.out);
    }
    let after = listed();
    assert_eq!(labelled(&after, "schedule_failures")["state"], "OK");

    // One whose topic tells a queue.
    let cloud = bed.cloud();
    let queue = extra_alarm(&cloud);
    let ran = bed.bella(&format!("alarms test {FILE} extra --sandbox"));
    let ran = ran.succeeds();
    assert!(
        ran.out.starts_with("extra: rang, and told arn:aws:sqs:"),
        "{}",
        ran.out
    );
    let fields = [("QueueUrl", queue.as_str()), ("MaxNumberOfMessages", "10")];
    let told = cloud.query("sqs", "ReceiveMessage", &fields);
    for state in ["ALARM", "OK"] {
        let said = format!("{state}: ");
        assert!(told.contains(&said), "{said} is not in {told}");
    }

    // Without its topic nobody can be told.
    let topic = labelled(&listed(), "extra")["tells"][0].clone();
    let topic = topic.as_str().expect("it tells a topic").to_owned();
    cloud.query("sns", "DeleteTopic", &[("TopicArn", &topic)]);
    let ran = bed.bella(&format!("alarms test {FILE} extra --sandbox --json"));
    let document = ran.exits(1).document();
    let gaps = document["tests"][0]["gaps"].to_string();
    assert!(gaps.contains("nobody is subscribed to"), "{gaps}");
    assert!(
        gaps.contains("did not take what the alarm published"),
        "{gaps}"
    );

    let history = bed
        .bella(&format!("history {FILE} --sandbox --json"))
        .succeeds();
    assert!(history.out.contains("alarms test"), "{}", history.out);
    bed.bella(&format!("alarms test {FILE} none --sandbox"))
        .exits(1)
        .says(&["bella-dev has no alarm `none`", "alarms list"]);
}

#[test]
fn commands_that_runbooks_call_safe_change_nothing() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let before = cloud.last_call();
    let commands = safe_commands();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let line = command.replace("STACK", FILE);
        let line = line.strip_prefix("bella ").expect("a command of ours");
        let ran = bed.bella(&format!("{line} --sandbox")).succeeds();
        assert!(!ran.out.is_empty(), "{command} says nothing");
    }
    assert_eq!(cloud.changes(before), 0);
}

/// The lines in blocks of the runbooks that begin as safe ones do, each once.
fn safe_commands() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runbooks");
    let mut all = BTreeSet::new();
    for file in fs::read_dir(folder).expect("the runbooks are there") {
        let path = file.expect("a listing").path();
        let text = fs::read_to_string(path).expect("a page is text");
        let blocks = text.split("\n```sh safe\n").skip(1);
        for block in blocks.filter_map(|rest| rest.split_once("\n```")) {
            all.extend(block.0.lines().map(str::to_owned));
        }
    }
    all
}
