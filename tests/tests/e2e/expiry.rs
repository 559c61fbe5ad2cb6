//! Credentials that expire in the middle of a run.

use serde_json::json;

use crate::bed::{Bed, FILE};

#[test]
fn a_run_whose_credentials_expire_says_how_to_go_on_and_the_next_one_does() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.faults(&json!([{"fault": "expired", "after": 120, "times": 1_000_000}]));
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(1)
        .says(&[
            "expired",
            "go on with: bella provision stacks/dev.yaml --sandbox --yes",
        ]);
    cloud.no_faults();
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    bed.bella(&format!("plan {FILE} --sandbox --exit-code"))
        .succeeds();
}
