//! A stack's life as AWS would let it pass on an ordinary day: states take their time, what is new is seen late, calls
//! fail by chance.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran, run};
use crate::cloud::Cloud;

/// Runs a command that reckons with listings as late as those of AWS.
fn patient(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env_remove("BELLA_CONSISTENCY_SECONDS"))
}

/// What was done to calls so far, as (what, detail).
fn fired(cloud: &Cloud) -> Vec<(String, String)> {
    let told = cloud.control("GET", "fired", &Value::Null);
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let all = told["fired"].as_array().into_iter().flatten();
    all.map(|one| (text(one, "what"), text(one, "detail")))
        .collect()
}

#[test]
fn a_strict_sandbox_is_as_good_as_any() {
    let bed = Bed::with_files();
    bed.bella("sandbox up --strict --speed 120").succeeds();
    bed.in_business_hours();
    let cloud = bed.cloud();
    let empty = cloud.count();
    patient(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
    let late = fired(&cloud)
        .into_iter()
        .filter(|(what, _)| what == "late")
        .count();
    assert!(late > 0, "nothing was seen late");
    let plan = patient(&bed, &format!("plan {FILE} --sandbox --exit-code"));
    assert!(plan.out.starts_with("No changes: "), "{}", plan.out);
    plan.succeeds();
    let gone = patient(&bed, &format!("teardown {FILE} --sandbox --yes")).succeeds();
    assert!(
        gone.out
            .contains(" objects removed; the census finds nothing left"),
        "{}",
        gone.out
    );
    assert_eq!(cloud.count(), empty);
}

/// The share of calls that each of four faults hits: together one call of twenty.
const RATE: f64 = 0.0125;

#[test]
fn calls_that_fail_by_chance_do_not_keep_a_run_from_its_end() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let empty = cloud.count();
    let faults = json!([
        {"fault": "throttle", "rate": RATE},
        {"fault": "error", "status": 503, "code": "ServiceUnavailable", "rate": RATE},
        {"fault": "reset", "rate": RATE},
        {"fault": "drop_after", "rate": RATE},
    ]);
    let mut hits = BTreeSet::new();
    for seed in 1..=3 {
        cloud.control("POST", "temper", &json!({"seed": seed}));
        for verb in ["provision", "teardown"] {
            cloud.faults(&faults);
            bed.bella(&format!("{verb} {FILE} --sandbox --yes"))
                .succeeds();
            cloud.no_faults();
            if verb == "provision" {
                let plan = bed.bella(&format!("plan {FILE} --sandbox --exit-code"));
                assert!(
                    plan.out.starts_with("No changes: "),
                    "seed {seed}: {}",
                    plan.out
                );
            }
        }
        let told = fired(&cloud);
        assert!(told.len() > 5, "seed {seed}: only {told:?}");
        hits.extend(told);
        assert_eq!(cloud.count(), empty, "seed {seed}");
    }
    let all = ["drop_after", "error", "reset", "throttle"];
    let all = all.map(|fault| ("fault".to_owned(), fault.to_owned()));
    assert_eq!(hits, all.into());
}
