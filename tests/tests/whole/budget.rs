//! What a plan of an unchanged stack may ask AWS, and what making one may.

use std::collections::BTreeMap;

use bella_aws::kinds::KINDS;
use bella_tests::{Bed, Sandbox};

use crate::shipped::{declared, zone};

/// Calls of a no-op plan of the largest shipped stack.
const MOST: u64 = 65;

/// Calls of making that stack from nothing, its plan's among them.
const MOST_TO_MAKE: u64 = 138;
/// Those of them that read what was made: the load balancer (3), database (1) and its parameters (1),
/// cache (2), service (1), internet gateway (1) and certificate (3) until they are ready, the zone that
/// a record is to be in (2), and the account's number (1).
const MOST_TO_LOOK_AGAIN: u64 = 15;
const READS: &[&str] = &["Describe", "List", "Get"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn making_a_stack_stays_within_its_calls() {
    let sandbox = Sandbox::start("making");
    zone(&sandbox.aws().await).await;
    let looking = sandbox.aws().await;
    let plan = Bed::new(&looking, KINDS, "bella-one").look().await;
    plan.unwrap_or_else(|why| panic!("{why}"));
    let aws = sandbox.aws().await;
    let bed = Bed::new(&aws, KINDS, "bella-one");
    let made = bed.provision(&declared("prod.yaml")).await;
    made.unwrap_or_else(|why| panic!("{why}"));

    let calls = aws.calls().counts();
    let reads = calls.iter().filter(|(call, _)| {
        let operation = call.rsplit(':').next().unwrap_or_default();
        READS.iter().any(|verb| operation.starts_with(verb))
    });
    let reads: u64 = reads.map(|(_, count)| count).sum();
    let again = reads - looking.calls().total();
    assert!(again <= MOST_TO_LOOK_AGAIN, "{again} reads: {calls:#?}");
    let total = aws.calls().total();
    assert!(total <= MOST_TO_MAKE, "{total} calls: {calls:#?}");
}

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
