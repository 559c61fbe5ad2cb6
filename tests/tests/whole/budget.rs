//! What a plan of an unchanged stack may ask AWS.

use std::collections::BTreeMap;

use bella_aws::kinds::KINDS;
use bella_tests::{Bed, Sandbox};

use crate::shipped::{declared, zone};

/// Calls of a no-op plan of the largest shipped stack.
const MOST: u64 = 65;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_an_unchanged_stack_stays_within_its_calls() {
    let sandbox = Sandbox::start("budget");
    zone(&sandbox.aws().await).await;
    // Another stack in the account costs the first one nothing.
    for (name, file) in [("bella-one", "prod.yaml"), ("bella-two", "staging.yaml")] {
        let aws = sandbox.aws().await;
        let made = Bed::new(&aws, KINDS, name).provision(&declared(file)).await;
        made.unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    let aws = sandbox.aws().await;
    let plan = Bed::new(&aws, KINDS, "bella-one").look().await;
    plan.unwrap_or_else(|why| panic!("{why}"));
    let calls: BTreeMap<String, u64> = aws.calls().counts();
    assert!(aws.calls().total() <= MOST, "{calls:#?}");
}
