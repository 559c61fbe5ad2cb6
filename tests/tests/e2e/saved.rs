//! Plans that are looked at first and carried out later.

use serde_json::json;

use crate::bed::{Bed, FILE};
use crate::cloud::REGION;

const PLAN: &str = "plan stacks/dev.yaml --sandbox --out first.json";
const CARRY_OUT: &str = "provision stacks/dev.yaml --sandbox --plan first.json";

#[test]
fn a_saved_plan_is_carried_out_or_refused() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let planned = bed.bella(PLAN).succeeds();
    assert!(
        planned.err.ends_with("Saved. Carry it out with: bella provision stacks/dev.yaml --sandbox --plan first.json\n"),
        "{}", planned.err
    );
    // Another machine with the same file and cloud would do as well.
    std::fs::remove_dir_all(bed.path("sandbox/ledger")).ok();
    bed.bella(CARRY_OUT).succeeds();
    let refused = |what: &str| {
        let before = cloud.last_call();
        bed.bella(CARRY_OUT).exits(2).says(&[
            &format!("error: the plan in first.json is not carried out: {what}"),
            "hint: look at the difference as it is now, and save it, with: bella plan stacks/dev.yaml --sandbox --out first.json\n",
        ]);
        assert_eq!(cloud.changes(before), 0);
    };
    refused("the cloud has changed since, at ");

    // An empty plan is as good as any.
    bed.bella(PLAN).succeeds();
    bed.bella(CARRY_OUT).succeeds();
    let text = std::fs::read_to_string(bed.path("first.json")).expect("the plan was saved");
    let group = "/bella/bella-dev/service";
    let forget = json!({"logGroupName": group});
    cloud.json("logs", "DeleteRetentionPolicy", &forget);
    refused("the cloud has changed since, at log_group.service\n");
    let older = text.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    std::fs::write(bed.path("first.json"), older).expect("the folder is writable");
    refused("it was made by bella 0.0.1, and this is ");
    let elsewhere = text.replace(&format!("\"{REGION}\""), "\"eu-west-1\"");
    std::fs::write(bed.path("first.json"), elsewhere).expect("the folder is writable");
    refused(
        "it is for bella-dev in eu-west-1 (000000000000), and this is bella-dev in ca-central-1",
    );

    bed.bella(PLAN).succeeds();
    bed.edit(
        "stacks/base.yaml",
        "unhealthy_threshold: 3",
        "unhealthy_threshold: 4",
    );
    refused("the stack file asks for something else since\n");
    bed.bella(PLAN).succeeds();
    bed.bella(CARRY_OUT).succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}

#[test]
fn a_plan_is_a_comment_on_a_pull_request() {
    let bed = Bed::new().provisioned();
    let comment = || {
        bed.bella(&format!("plan {FILE} --sandbox --markdown"))
            .succeeds()
            .out
    };
    let nothing = comment();
    assert!(
        nothing.starts_with("### Plan for `bella-dev` in ca-central-1\n\n**No changes: "),
        "{nothing}"
    );
    assert_eq!(nothing.lines().count(), 3, "{nothing}");
    bed.edit(
        "stacks/base.yaml",
        "unhealthy_threshold: 3",
        "unhealthy_threshold: 4",
    );
    let one = comment();
    for part in [
        "\n**Plan: 0 to create, 1 to update, 0 to replace, 0 to delete.",
        "\n| | Object | Changes | $/month |\n|---|---|---|--:|\n| `~` | `target_group.service` | `health_check.unhealthy_threshold` |  |\n",
        "\n<details><summary>Details</summary>\n\n```diff\n! target_group.service (",
        "health_check.unhealthy_threshold: 3 -> 4\n```\n\n</details>\n",
    ] {
        assert!(one.contains(part), "{part:?} is not in:\n{one}");
    }
}
