//! Bringing in what exists, and keeping what is renamed.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

const GROUP: &str = "/bella/bella-dev/service";
const ADOPT: &str = "adopt stacks/dev.yaml log_group.service /bella/bella-dev/service --sandbox";

fn make(cloud: &Cloud, group: &str) {
    cloud.json(
        "logs",
        "CreateLogGroup",
        &json!({"logGroupName": group, "tags": {"team": "web"}}),
    );
}

fn tags(cloud: &Cloud, group: &str) -> Value {
    cloud.json("logs", "ListTagsLogGroup", &json!({"logGroupName": group}))["tags"].clone()
}

#[test]
fn an_object_is_brought_in_by_its_tags() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    make(&cloud, GROUP);
    bed.bella(ADOPT).exits(2).says(&[
        " <- log_group.service (/bella/bella-dev/service)\n",
        "repeat the command with --yes",
    ]);
    let adopted = bed.bella(&format!("{ADOPT} --yes")).succeeds();
    assert_eq!(
        adopted.out,
        "/bella/bella-dev/service is now log_group.service of this stack.\n"
    );
    let set = tags(&cloud, GROUP);
    assert_eq!(
        (&set["team"], &set["bella:stack"], &set["bella:address"]),
        (
            &json!("web"),
            &json!("bella-dev"),
            &json!("log_group.service")
        )
    );
    let again = bed.bella(&format!("{ADOPT} --yes")).succeeds();
    assert_eq!(
        again.out,
        "/bella/bella-dev/service is already log_group.service of this stack.\n"
    );

    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --json"))
        .succeeds();
    let plan = plan.document();
    let change = plan["changes"].as_array().and_then(|changes| {
        changes
            .iter()
            .find(|change| change["address"] == "log_group.service")
    });
    let change = change.expect("it differs");
    assert_eq!(
        (
            &change["action"],
            &change["fields"][0]["path"],
            &change["fields"][0]["from"]
        ),
        (&json!("update"), &json!("retention_in_days"), &json!(0)),
        "{change}"
    );
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
    let history = bed.bella(&format!("history {FILE} --sandbox --json"));
    let history = history.document();
    let first = history
        .as_array()
        .and_then(|runs| runs.iter().find(|run| run["planned"]["adopt"] == 1));
    assert_eq!(
        first.map(|run| &run["actor"]["operation"]),
        Some(&json!("adopt"))
    );
}

#[test]
fn what_cannot_be_ours_is_left_as_it_was() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let adopt = |what: &str| bed.bella(&format!("adopt {FILE} {what} --sandbox --yes"));
    adopt("log_group.other x").exits(2).says(&[
        "error: the stack declares no log_group.other\n",
        "hint: declare it first, ",
    ]);
    adopt("route.public_internet x")
        .exits(2)
        .says(&["a route is not adopted: "]);
    adopt("log_group.service /nothing")
        .exits(1)
        .says(&["error: there is no log_group /nothing\n"]);
    make(&cloud, "/mine");
    adopt("log_group.service /mine")
        .exits(1)
        .says(&["error: log_group.service is /bella/bella-dev/service already\n"]);

    // Another stack's own.
    std::fs::copy(bed.path(FILE), bed.path("stacks/other.yaml")).expect("the stack file is there");
    bed.edit(
        "stacks/other.yaml",
        "stack: bella-dev",
        "stack: bella-other",
    );
    let theirs = format!("adopt stacks/other.yaml log_group.service {GROUP} --sandbox --yes");
    let before = tags(&cloud, GROUP);
    bed.bella(&theirs)
        .exits(3)
        .says(&["error: /bella/bella-dev/service is log_group.service of the stack bella-dev\n"]);
    assert_eq!(tags(&cloud, GROUP), before);

    // One that the stack's listing would never show again.
    let before = tags(&cloud, "/mine");
    bed.bella("adopt stacks/other.yaml log_group.service /mine --sandbox --yes")
        .exits(1)
        .says(&["error: /mine cannot be log_group.service: "]);
    assert_eq!(tags(&cloud, "/mine"), before);
}
