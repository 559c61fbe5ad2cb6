//! A stack from its first provision to its teardown.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, STACK, plain, run};

#[test]
fn a_stack_is_made_looked_at_and_removed() {
    let bed = Bed::new();
    let empty = bed.cloud().count();
    let made = bed
        .bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    assert_eq!(
        plain(&made.out),
        "url = http://bella-dev-public-ID-ID.ca-central-1.elb.amazonaws.com\n\
         cluster = bella-dev-main-ID\n\
         service = bella-dev-service-ID\n\
         repository = ID.dkr.ecr.ca-central-1.amazonaws.com/bella/bella-dev/service\n\
         log_group = /bella/bella-dev/service\n\
         database = 127.0.0.1\n\
         vpc = vpc-ID\n"
    );
    let next = "\nNext:\n  bella plan stacks/dev.yaml --sandbox\n  bella status stacks/dev.yaml --sandbox\n  \
                bella teardown stacks/dev.yaml --sandbox\n\nLeft to do by hand:\n  \
                platform@bella.example gets no alarms before somebody opens AWS's e-mail there and follows its link to confirm \
                the subscription\n";
    assert!(made.err.ends_with(next), "{}", made.err);
    assert!(made.err.contains("[66/66] created "), "{}", made.err);

    looks(&bed, &made.out);

    // By name, from a folder without the stack file.
    let elsewhere = bed.path("elsewhere");
    std::fs::create_dir(&elsewhere).expect("the temporary folder is writable");
    let gone = run(bed
        .command(&format!("teardown {STACK} --sandbox --yes"))
        .current_dir(elsewhere))
    .succeeds();
    assert_eq!(
        gone.out,
        "bella-dev: 66 objects removed; the census finds nothing left in ca-central-1 (000000000000).\n"
    );
    assert!(
        gone.err
            .contains("Plan: 0 to create, 0 to update, 0 to replace, 66 to delete.\n"),
        "{}",
        gone.err
    );
    assert!(!gone.err.contains("no longer declares"), "{}", gone.err);
    assert_eq!(bed.cloud().count(), empty);
    let status = bed.bella(&format!("status {FILE} --sandbox")).succeeds();
    assert_eq!(
        status.out,
        "bella-dev has nothing in ca-central-1 (000000000000).\n"
    );
    bed.bella(&format!("status {STACK} --sandbox"))
        .exits(1)
        .says(&["error: no stack bella-dev was found in any enabled region\nhint: "]);
    let again = bed
        .bella(&format!("teardown {FILE} --sandbox --yes"))
        .succeeds();
    assert!(
        again
            .out
            .starts_with("bella-dev: 0 objects removed; the census finds nothing left"),
        "{}",
        again.out
    );
}

fn looks(bed: &Bed, outputs: &str) {
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code --json"))
        .succeeds();
    let mut plan = plan.document();
    // What it costs is that of the estimate.
    let estimate = bed
        .bella(&format!("cost estimate {FILE} --json"))
        .succeeds()
        .document();
    assert_eq!(plan["cost"]["monthly_usd"], estimate["monthly_usd"]);
    assert_eq!(plan["cost"]["budget_monthly_usd"], json!(50.0));
    plan["cost"] = json!(null);
    assert_eq!(
        plan,
        json!({
            "stack": "bella-dev", "environment": "development", "region": "ca-central-1", "changes": [],
            "summary": {"create": 0, "update": 0, "replace": 0, "delete": 0, "adopt": 0, "move": 0},
            "cost": null, "policy": [],
        })
    );
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    assert!(
        plan.out
            .starts_with("No changes: the cloud is as the stack file says. "),
        "{}",
        plan.out
    );

    let status = bed
        .bella(&format!("status {STACK} --sandbox --json"))
        .succeeds()
        .document();
    let objects = status["objects"].as_array().expect("a list");
    assert_eq!(objects.len(), 66);
    assert!(
        objects.iter().all(|object| object["state"] == "ready"),
        "{status}"
    );
    let addresses = objects
        .iter()
        .filter_map(|object| object["address"].as_str());
    let unnamed: Vec<&str> = addresses.filter(|address| address.contains('(')).collect();
    assert!(
        unnamed.is_empty(),
        "children by their declared names: {unnamed:?}"
    );
    let status = bed.bella(&format!("status {FILE} --sandbox")).succeeds();
    let said: Vec<&str> = status.err.lines().collect();
    let [.., objects, money] = said.as_slice() else {
        panic!("{}", status.err);
    };
    assert_eq!(
        *objects,
        "bella-dev in ca-central-1 (000000000000): 66 objects, 66 ready."
    );
    assert!(
        money.contains(" an hour now; ") && money.ends_with(" of a budget of $50.00."),
        "{money}"
    );
    assert_eq!(status.out.lines().count(), 67);

    assert_eq!(
        bed.bella(&format!("outputs {STACK} --sandbox"))
            .succeeds()
            .out,
        outputs
    );
    let values: Value = bed
        .bella(&format!("outputs {FILE} --sandbox --json"))
        .succeeds()
        .document();
    let one = bed
        .bella(&format!("outputs {STACK} --sandbox url"))
        .succeeds();
    assert_eq!(values["url"], one.out.trim_end());
    bed.bella(&format!("outputs {STACK} --sandbox nonsense"))
        .exits(1)
        .says(&["error: bella-dev has no output nonsense\nhint: its outputs are: url, cluster, "]);

    let history = bed
        .bella(&format!("history {STACK} --sandbox --json"))
        .succeeds()
        .document();
    let runs = history.as_array().expect("a list");
    let said: Vec<_> = runs
        .iter()
        .map(|run| {
            (
                &run["actor"]["operation"],
                &run["outcome"],
                &run["planned"]["create"],
            )
        })
        .collect();
    assert_eq!(said, [(&json!("provision"), &json!("done"), &json!(66))]);
}

#[test]
fn without_a_ledger_only_history_is_lost() {
    let bed = Bed::new().provisioned();
    let forget =
        || std::fs::remove_dir_all(bed.path("sandbox/ledger")).expect("the ledger is there");
    let plan = || bed.bella(&format!("plan {FILE} --sandbox --exit-code --json"));
    forget();
    assert_eq!(plan().succeeds().document()["changes"], json!([]));
    let history = bed.bella(&format!("history {FILE} --sandbox")).succeeds();
    assert_eq!(history.out, "");
    bed.bella(&format!("drift {STACK} --sandbox"))
        .exits(1)
        .says(&[
            "has no record of bella-dev, so nothing says what it should be\n",
            "hint: name the stack file instead, or the ledger with --ledger PLACE\n",
        ]);
    bed.edit(
        "stacks/base.yaml",
        "unhealthy_threshold: 3",
        "unhealthy_threshold: 4",
    );
    let changes = plan().exits(6).document();
    assert_eq!(changes["changes"][0]["fields"][0]["origin"], "unknown");
    bed.bella(&format!("drift {FILE} --sandbox"))
        .exits(6)
        .says(&[
            "does not say what was last applied; this is the whole difference to the stack file\n",
        ]);
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    forget();
    assert_eq!(plan().succeeds().document()["changes"], json!([]));
    bed.bella(&format!("teardown {STACK} --sandbox --yes"))
        .succeeds();
}
