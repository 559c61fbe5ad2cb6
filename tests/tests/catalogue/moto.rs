//! A second opinion: every kind against bare moto, another emulator, without the sandbox's gateway and its rules.
//!
//! What moto cannot do, or does otherwise than AWS, is in `DIFFERENCES` with AWS's rule. A difference that is not
//! listed fails the test, and so does a line that no longer has one.

use std::collections::BTreeSet;
use std::sync::Arc;

use bella_aws::census::{Wanted, census};
use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::resource::{Catalog, Kind};
use bella_tests::{Bed, Brisk, Moto, host_zone};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::differences::{DIFFERENCES, Difference};
use crate::one_kind::{Proof, proven};
use crate::setting::{Setting, chosen};

/// Kinds under test at once.
const WIDTH: usize = 6;
/// What never comes is waited for as long as AWS may take for it, an hour for a cache; here that is seconds.
const HASTE: u32 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_does_the_same_on_another_emulator() {
    let moto = Moto::start();
    let aws = Aws::new(&moto.access()).await;
    host_zone(&aws).await;
    let mut seen = kinds(&aws).await;
    let nothing = Wanted {
        stack: "m-census".to_owned(),
        vpcs: BTreeSet::new(),
    };
    let taken = census(&aws, &nothing).await;
    seen.extend(taken.err().map(|why| format!("census: {why}")));
    let mut wrong = unlisted(&seen);
    let mut names: Vec<&str> = chosen().iter().map(|kind| kind.kind()).collect();
    names.push("census");
    let asked = DIFFERENCES.iter().filter(|line| names.contains(&line.of));
    let over = asked.filter(|line| !seen.iter().any(|fault| line.is_seen_in(fault)));
    wrong.extend(over.map(|line| {
        let Difference {
            of,
            words,
            moto,
            aws,
        } = line;
        format!("{of}: is expected, as moto {moto} and AWS {aws}, and is not seen: remove the line with {words:?}")
    }));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What goes wrong that no line explains.
fn unlisted(seen: &[String]) -> Vec<String> {
    let explained = |fault: &&String| DIFFERENCES.iter().any(|line| line.is_seen_in(fault));
    let rest = seen.iter().filter(|fault| !explained(fault));
    rest.cloned().collect()
}

async fn kinds(aws: &Aws) -> Vec<String> {
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
            proven(&bed.by(Brisk::new(HASTE)), &setting, Proof::Listing).await
        });
    }
    let mut seen = Vec::new();
    while let Some(ended) = running.join_next().await {
        seen.extend(ended.unwrap_or_else(|why| vec![format!("a kind's test itself: {why}")]));
    }
    seen.sort();
    seen
}

fn only(names: &[&str]) -> Catalog<Aws> {
    let some = KINDS
        .iter()
        .copied()
        .filter(|kind| names.contains(&kind.kind()));
    let some: Vec<&'static dyn Kind<Aws>> = some.collect();
    some.leak()
}
