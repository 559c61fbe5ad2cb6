//! A second opinion: every kind against bare moto, another emulator, without the sandbox's gateway and its rules.
//!
//! What moto cannot do, or does otherwise than AWS, is listed below with the reason. A difference that is not listed
//! fails the test, and so does a line that no longer has one.

use std::sync::Arc;

use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::resource::{Catalog, Kind};
use bella_tests::{Bed, Moto, host_zone};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::one_kind;
use crate::setting::{Setting, chosen};

/// Kinds under test at once.
const WIDTH: usize = 6;

/// A kind, words of what goes wrong with it, and why that is moto's doing.
type Difference = (&'static str, &'static str, &'static str);

const DIFFERENCES: &[Difference] = &[];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_does_the_same_on_another_emulator() {
    let moto = Moto::start();
    let aws = Aws::new(&moto.access()).await;
    host_zone(&aws).await;
    let mut running = JoinSet::new();
    let room = Arc::new(Semaphore::new(WIDTH));
    for kind in chosen().into_iter().rev() {
        let (aws, room) = (aws.clone(), room.clone());
        running.spawn(async move {
            let _place = room.acquire().await;
            let setting = Setting::of(kind);
            let mut name = format!("m-{}", kind.kind().replace('_', "-"));
            name.truncate(24);
            let bed = Bed::new(&aws, only(&setting.kinds()), name.trim_end_matches('-'));
            one_kind::faults(&bed, &setting).await
        });
    }
    let mut seen = Vec::new();
    while let Some(ended) = running.join_next().await {
        seen.extend(ended.unwrap_or_else(|why| vec![format!("a kind's test itself: {why}")]));
    }
    seen.sort();
    let is_known = |fault: &&String| DIFFERENCES.iter().any(|known| fits(known, fault));
    let (known, mut wrong): (Vec<&String>, Vec<&String>) = seen.iter().partition(is_known);
    let names: Vec<&str> = chosen().iter().map(|kind| kind.kind()).collect();
    let over: Vec<String> = DIFFERENCES
        .iter()
        .filter(|line| names.contains(&line.0) && !known.iter().any(|fault| fits(line, fault)))
        .map(|(kind, words, _)| format!("{kind}: {words}: it does that now; strike the line"))
        .collect();
    wrong.extend(&over);
    let wrong: Vec<&str> = wrong.into_iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn fits((kind, words, _): &Difference, fault: &str) -> bool {
    fault
        .strip_prefix(kind)
        .is_some_and(|rest| rest.starts_with(':'))
        && fault.contains(words)
}

fn only(names: &[&str]) -> Catalog<Aws> {
    let some = KINDS
        .iter()
        .copied()
        .filter(|kind| names.contains(&kind.kind()));
    let some: Vec<&'static dyn Kind<Aws>> = some.collect();
    some.leak()
}
