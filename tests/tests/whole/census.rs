//! The census finds what the kinds' own listings would have hidden.

use bella_aws::census::{Wanted, census};
use bella_aws::kinds::KINDS;
use bella_engine::live::Object;
use bella_engine::resource::{Owner, find_kind};
use bella_tests::{Bed, Sandbox};

use crate::shipped::{declared, zone};

/// The census does not ask a kind's `list`. So if it finds every object of a stack that stands, it
/// finds the one that a blind listing would have left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_whose_listing_is_blind_is_still_found() {
    let sandbox = Sandbox::start("census");
    let aws = sandbox.aws().await;
    zone(&aws).await;
    let bed = Bed::new(&aws, KINDS, "bella-census");
    let stack = declared("prod.yaml");
    let made = bed.provision(&stack).await;
    made.unwrap_or_else(|why| panic!("{why}"));
    let live = bed.look().await.unwrap_or_else(|why| panic!("{why}"));
    let wanted = Wanted {
        stack: bed.stack().to_owned(),
        vpcs: Default::default(),
    };
    let found = census(&aws, &wanted).await.expect("the census is taken");
    let seen = |object: &Object| {
        found.iter().any(|survivor| {
            survivor.id == object.id || object.outputs.values().any(|value| *value == survivor.id)
        })
    };
    let is_child = |object: &Object| {
        let kind = find_kind(KINDS, &object.kind);
        kind.is_some_and(|kind| matches!(kind.owner(), Owner::Parent(_)))
    };
    let hidden: Vec<String> = live
        .objects
        .iter()
        .filter(|object| !is_child(object) && !seen(object))
        .map(|object| format!("{} ({})", object.address, object.id))
        .collect();
    assert_eq!(hidden, Vec::<String>::new());
    let other = Wanted {
        stack: "bella".to_owned(),
        vpcs: Default::default(),
    };
    let foreign = census(&aws, &other).await.expect("the census is taken");
    assert_eq!(foreign, [], "of a stack whose name only begins alike");
}
