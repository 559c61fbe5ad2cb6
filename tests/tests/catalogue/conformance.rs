//! Every kind against the sandbox, several at a time, and the proof of its permissions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::resource::{Catalog, Kind};
use bella_tests::{Attributed, Bed, Gateway, Sandbox, actions_of, attribute, host_zone, logged};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::actions;
use crate::apart::Stage;
use crate::one_kind;
use crate::setting::{Setting, chosen};
use crate::shapes;

/// Kinds under test at once.
const WIDTH: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_does_as_its_contract_says() {
    let sandbox = Sandbox::start("kinds");
    let catalogue = attribute(KINDS, &sandbox.access()).await;
    let aws = sandbox.aws().await;
    host_zone(&aws).await;
    let mut wrong = all(&aws, catalogue).await;
    let gateway = sandbox.gateway();
    let stage = Stage {
        aws: &aws,
        catalogue,
        gateway: &gateway,
    };
    let chosen: Vec<&str> = chosen().iter().map(|kind| kind.kind()).collect();
    let is_whole = chosen.len() == KINDS.len();
    wrong.extend(stage.faults().await);
    let mut declared = BTreeMap::new();
    let mut called = BTreeMap::new();
    let mut counted = logged(&aws.calls().counts().into_keys().collect());
    for kind in catalogue
        .iter()
        .filter(|kind| chosen.contains(&kind.kind()))
    {
        declared.insert(kind.kind(), kind.actions().iter().copied().collect());
        called.insert(kind.kind(), actions_of(&kind.called()));
    }
    for kind in catalogue {
        counted.extend(logged(&kind.called()));
    }
    wrong.extend(actions::undeclared(&declared, &called));
    if wrong.is_empty() {
        // Only kinds that did all they can tell which permissions they never use.
        let unused = actions::unused(&declared, &called).into_iter();
        let is_asked = |line: &String| {
            let kind = line.split(':').next().unwrap_or_default();
            is_whole || chosen.contains(&kind)
        };
        wrong.extend(unused.filter(is_asked));
    }
    wrong.extend(unlogged(&gateway, &counted));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

async fn all(aws: &Aws, catalogue: &'static [Attributed]) -> Vec<String> {
    let mut running = JoinSet::new();
    let room = Arc::new(Semaphore::new(WIDTH));
    // What takes longest comes last in the catalogue and starts first.
    for kind in chosen().into_iter().rev() {
        let (aws, room) = (aws.clone(), room.clone());
        running.spawn(async move {
            let _place = room.acquire().await;
            let setting = Setting::of(kind);
            let bed = Bed::new(&aws, only(catalogue, &setting.kinds()), &stack(kind.kind()));
            let mut found = one_kind::faults(&bed, &setting).await;
            for (name, setting) in shapes::of(kind) {
                let bed = Bed::new(&aws, only(catalogue, &setting.kinds()), name);
                let wrong = one_kind::faults(&bed, &setting).await;
                found.extend(wrong.into_iter().map(|why| format!("{name}: {why}")));
            }
            found
        });
    }
    let mut wrong = Vec::new();
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(found) => wrong.extend(found),
            Err(why) => wrong.push(format!("a kind's test itself: {why}")),
        }
    }
    wrong.sort();
    wrong
}

/// A stack name for the kind, 24 letters at most.
fn stack(kind: &str) -> String {
    let mut name = format!("t-{}", kind.replace('_', "-"));
    name.truncate(24);
    name.trim_end_matches('-').to_owned()
}

/// Those kinds of the catalogue.
pub(crate) fn only(catalogue: &'static [Attributed], names: &[&str]) -> Catalog<Aws> {
    let some = catalogue.iter().filter(|kind| names.contains(&kind.kind()));
    let some: Vec<&'static dyn Kind<Aws>> = some.map(|kind| kind as _).collect();
    some.leak()
}

/// The sandbox's own log agrees with what the clients counted: nothing was called past them.
fn unlogged(gateway: &Gateway, counted: &BTreeSet<String>) -> Vec<String> {
    let (_, log) = gateway.calls(0);
    let logged: BTreeSet<String> = log
        .iter()
        .map(|call| format!("{}:{}", call.service, call.operation))
        .collect();
    logged
        .symmetric_difference(counted)
        .map(|call| {
            format!("{call} is either in the sandbox's log or in the clients' count, not in both")
        })
        .collect()
}
