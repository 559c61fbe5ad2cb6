//! Who moved: the stack file, or somebody behind the tool's back.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, STACK, plain};

const LOG_GROUP: &str = "/bella/bella-dev/service";

/// (address, path, from, to, origin) of every differing field.
fn fields(document: &Value) -> Vec<Value> {
    let changes = document["changes"].as_array().expect("a list of changes");
    let of = |change: &Value| -> Vec<Value> {
        let fields = change["fields"].as_array().expect("a list of fields");
        fields
            .iter()
            .map(|f| {
                json!([
                    change["address"],
                    f["path"],
                    f["from"],
                    f["to"],
                    f["origin"]
                ])
            })
            .collect()
    };
    changes.iter().flat_map(of).collect()
}

#[test]
fn each_change_says_who_made_it() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let plan = || bed.bella(&format!("plan {FILE} --sandbox --exit-code --json"));
    let drift = || bed.bella(&format!("drift {STACK} --sandbox --json"));
    let retention = |days: u32| {
        cloud.json(
            "logs",
            "PutRetentionPolicy",
            &json!({"logGroupName": LOG_GROUP, "retentionInDays": days}),
        );
    };
    let by_file = json!([
        "target_group.service",
        "health_check.unhealthy_threshold",
        3,
        5,
        "stack"
    ]);
    let by_hand = json!(["log_group.service", "retention_in_days", 30, 7, "drift"]);

    bed.edit(
        "stacks/base.yaml",
        "unhealthy_threshold: 3",
        "unhealthy_threshold: 5",
    );
    let changed = plan().exits(6).document();
    assert_eq!(fields(&changed), std::slice::from_ref(&by_file));
    assert_eq!(changed["summary"]["update"], 1);
    assert_eq!(drift().succeeds().document()["changes"], json!([]));

    retention(30);
    assert_eq!(
        fields(&plan().exits(6).document()),
        [by_hand.clone(), by_file]
    );
    assert_eq!(fields(&drift().exits(6).document()), [by_hand]);
    let text = bed.bella(&format!("drift {FILE} --sandbox")).exits(6);
    assert_eq!(
        text.out,
        "  ~ log_group.service (/bella/bella-dev/service)\n    ~ retention_in_days: 7 -> 30\n\n\
         Drift: 1 changed, 0 removed, 0 added outside bella. To put it back: bella provision stacks/dev.yaml --sandbox\n"
    );
    let text = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    let text = plain(&text.out);
    let (changes, sum) = text.split_once("\n\n").expect("a last line");
    assert_eq!(
        changes,
        "  ~ log_group.service (/bella/bella-dev/service)  -$0.01/month\n    ~ retention_in_days: 30 -> 7  # changed outside bella\n  \
         ~ target_group.service (targetgroup/bella-dev-service-ID/ID)\n    ~ health_check.unhealthy_threshold: 3 -> 5"
    );
    let counts = "Plan: 0 to create, 2 to update, 0 to replace, 0 to delete. $";
    assert!(
        sum.starts_with(counts) && sum.ends_with("/month of a $50.00 budget.\n"),
        "{sum}"
    );

    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    assert_eq!(drift().succeeds().document()["changes"], json!([]));
    assert_eq!(plan().succeeds().document()["changes"], json!([]));
}

#[test]
fn an_object_removed_behind_the_back_is_drift_and_comes_back() {
    let bed = Bed::new().provisioned();
    bed.cloud().json(
        "logs",
        "DeleteLogGroup",
        &json!({"logGroupName": LOG_GROUP}),
    );
    let drift = bed.bella(&format!("drift {STACK} --sandbox")).exits(6);
    assert_eq!(
        drift.out,
        "  - log_group.service  # it is gone\n\n\
         Drift: 0 changed, 1 removed, 0 added outside bella. To put it back: bella provision STACK-FILE --sandbox\n"
    );
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --json"))
        .document();
    let changes = plan["changes"].as_array().expect("a list of changes");
    let it = changes
        .iter()
        .find(|change| change["address"] == "log_group.service");
    let it = it.expect("it comes back");
    assert_eq!(
        (&it["action"], &it["origin"]),
        (&json!("create"), &json!("drift"))
    );
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("drift {STACK} --sandbox")).succeeds();
}

/// A rule carries no tag: that nothing declares it is what gives it away.
#[test]
fn a_port_that_somebody_opened_is_drift_and_is_closed_again() {
    let bed = Bed::new().provisioned();
    let status = bed
        .bella(&format!("status {STACK} --sandbox --json"))
        .document();
    let objects = status["objects"].as_array().expect("a list of objects");
    let group = objects
        .iter()
        .find(|object| object["address"] == "security_group.task")
        .and_then(|object| object["id"].as_str())
        .expect("the tasks' group");
    bed.cloud().query(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        &[
            ("GroupId", group),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    );
    let drift = bed.bella(&format!("drift {FILE} --sandbox")).exits(6);
    for part in [
        "# nothing declares it\n",
        "      from_port = 22\n      peer = \"0.0.0.0/0\"\n",
        "Drift: 0 changed, 0 removed, 1 added outside bella.",
    ] {
        assert!(drift.out.contains(part), "{}", drift.out);
    }
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("drift {STACK} --sandbox")).succeeds();
}

/// What follows from a change of the file is the file's doing as well.
#[test]
fn a_new_network_is_all_the_stack_files_doing() {
    let bed = Bed::new();
    // Without data, which would not move to another network.
    bed.edit(FILE, "max: 2", "max: 1");
    bed.cut(FILE, "database:");
    bed.append(FILE, "database: null\ncache: null\nalarms: []\n");
    let bed = bed.provisioned();
    bed.edit(
        "stacks/base.yaml",
        "cidr: 10.20.0.0/16",
        "cidr: 10.30.0.0/16",
    );
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code --json"))
        .exits(6)
        .document();
    let changes = plan["changes"].as_array().expect("a list of changes");
    let others: Vec<_> = changes
        .iter()
        .filter(|change| change["origin"] != "stack")
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(
        fields(&plan).iter().all(|field| field[4] == "stack"),
        "{:#?}",
        fields(&plan)
    );
    let replaced = changes
        .iter()
        .find(|change| change["address"] == "vpc.main")
        .expect("the VPC");
    assert_eq!(replaced["action"], "replace");
    // The new network is made, the service moves, the old one goes, in one run.
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(0);
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .exits(0);
    let gone = bed
        .bella(&format!("teardown {FILE} --sandbox --yes"))
        .exits(0);
    // With the earlier revision of the task definition, which is kept for rollback.
    assert!(gone.out.contains("34 objects removed"), "{}", gone.out);
}
