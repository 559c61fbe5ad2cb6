//! One name in two regions.

use crate::bed::{Bed, FILE, STACK};

#[test]
fn a_name_in_two_regions_has_to_say_which() {
    let bed = Bed::new().provisioned();
    std::fs::copy(bed.path(FILE), bed.path("stacks/ireland.yaml"))
        .expect("the stack file is there");
    bed.edit(
        "stacks/ireland.yaml",
        "region: ca-central-1",
        "region: eu-west-1",
    );
    let before = bed.cloud().last_call();
    bed.bella("provision stacks/ireland.yaml --sandbox --yes")
        .exits(3)
        .says(&[
            "error: bella-dev has 66 objects in ca-central-1, with data in db_instance.main, secret.app, secret.database; they would stay and cost money beside a second stack in eu-west-1\n",
            "hint: remove it there first with `bella teardown bella-dev --region ca-central-1`, set `region` back, or have both with --accept-second-region\n",
        ]);
    assert_eq!(bed.cloud().changes(before), 0);
    bed.bella("plan stacks/ireland.yaml --sandbox")
        .succeeds()
        .says(&["note: bella-dev has 66 objects in ca-central-1, with data in db_instance.main, "]);
    bed.bella("provision stacks/ireland.yaml --sandbox --yes --accept-second-region")
        .succeeds();
    bed.bella(&format!("teardown {STACK} --sandbox --yes"))
        .exits(2)
        .says(&["error: stack bella-dev exists in ca-central-1 and eu-west-1\nhint: say which one is meant with --region\n"]);
    let gone = bed
        .bella(&format!(
            "teardown {STACK} --sandbox --yes --region eu-west-1"
        ))
        .succeeds();
    assert!(
        gone.out.starts_with(
            "bella-dev: 66 objects removed; the census finds nothing left in eu-west-1"
        ),
        "{}",
        gone.out
    );
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
    bed.bella(&format!("teardown {STACK} --sandbox --yes"))
        .succeeds();
}
