//! How a plan is carried out: stopping, limits, the ledger, waiting, and what is said meanwhile.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bella_engine::apply::{Report, Stop};
use bella_engine::cloud::Fault;
use bella_engine::ledger::Event;
use bella_engine::live::Live;
use bella_engine::progress::{Outcome, Progress, StepError};
use serde_json::json;
use tokio::sync::watch;

use crate::bed::{Bed, Declared, Ended, STACK, Setup};
use crate::broken::UNLISTED;
use crate::fake::Woe;
use crate::plan::net;
use crate::scenarios::stack;
use crate::text::ends;

/// Applies what leads to `declared`; `meanwhile` is told of everything and may ask to stop.
fn applied(
    bed: &Bed,
    declared: &Declared,
    meanwhile: &(dyn Fn(&Progress, &watch::Sender<Stop>) + Sync),
) -> Report {
    let plan = bed.drive(bed.plan(declared)).expect("a plan");
    let (ask, stop) = watch::channel(Stop::No);
    let listen = |progress: Progress| meanwhile(&progress, &ask);
    bed.drive(bed.apply(&plan, &BTreeMap::new(), &listen, stop))
}

fn bed(width: usize) -> Bed {
    Bed::new(Setup {
        width,
        ..Setup::default()
    })
}

fn started(progress: &Progress, wanted: &str) -> bool {
    matches!(progress, Progress::Started { address, .. } if address.to_string() == wanted)
}

fn waiting(progress: &Progress, wanted: &str) -> bool {
    matches!(progress, Progress::Waiting { address, .. } if address.to_string() == wanted)
}

#[test]
fn asked_to_stop_soon_it_finishes_what_is_under_way() {
    let bed = bed(2);
    let report = applied(&bed, &stack(&[]), &|progress, ask| {
        if started(progress, "net.main") {
            ask.send_replace(Stop::Soon);
        }
    });
    assert!(report.interrupted);
    assert_eq!(
        ends(&report),
        "create gate.web done\ncreate net.main done\ncreate revision.app skipped: interrupted\ncreate rule.dns skipped: interrupted\ncreate rule.web skipped: interrupted\ncreate subnet.a skipped: interrupted\ncreate subnet.b skipped: interrupted\ncreate service.app skipped: interrupted\ncreate store.main skipped: interrupted"
    );
    let recorded = bed.ledger.entries();
    let done = recorded
        .iter()
        .filter(|entry| matches!(entry.event, Event::Done { .. }));
    assert_eq!(done.count(), 2, "what was under way is recorded");
    assert_eq!(bed.fake.world().things().count(), 2);
}

#[test]
fn asked_to_stop_now_it_drops_everything() {
    let bed = bed(2);
    let before = bed.fake.now();
    let report = applied(&bed, &stack(&[]), &|progress, ask| {
        if waiting(progress, "gate.web") {
            ask.send_replace(Stop::Now);
        }
    });
    assert!(report.interrupted);
    let (done, failed, _) = report.counts();
    assert_eq!((done, failed), (0, 0), "{}", ends(&report));
    let dropped = ends(&report).matches("interrupted under way").count();
    assert_eq!(dropped, 2, "{}", ends(&report));
    assert!(
        bed.fake.now() < before + Duration::from_secs(1),
        "nothing was waited for"
    );
    let unfinished = bed.ledger.applied().expect("a ledger").unfinished;
    let unfinished: Vec<String> = unfinished.keys().map(ToString::to_string).collect();
    assert_eq!(
        unfinished,
        ["gate.web", "net.main"],
        "the next run knows where to look"
    );
}

#[test]
fn no_service_is_called_more_often_at_once_than_it_bears() {
    let names: Vec<String> = (0..12).map(|n| format!("net.n{n}")).collect();
    let gates: Vec<String> = (0..12).map(|n| format!("gate.g{n}")).collect();
    let nets = names
        .iter()
        .map(|name| (&*name.clone().leak(), json!({"cidr": "10", "label": "x"})));
    let gates = gates
        .iter()
        .map(|name| (&*name.clone().leak(), json!({"port": 1, "mode": "x"})));
    let declared: Declared = nets.chain(gates).collect();
    let bed = bed(32);
    assert!(applied(&bed, &declared, &|_, _| {}).is_complete());
    assert_eq!(bed.fake.most_at_once("narrow"), 2);
    assert_eq!(bed.fake.most_at_once("wide"), 12);
}

#[test]
fn no_more_steps_than_its_width_run_at_once() {
    let bed = bed(3);
    let running = Mutex::new((0_i32, 0_i32));
    let report = applied(&bed, &stack(&[]), &|progress, _| {
        let mut running = running.lock().expect("no panic while held");
        running.0 += match progress {
            Progress::Started { .. } => 1,
            Progress::Ended { .. } => -1,
            Progress::Waiting { .. } => 0,
        };
        running.1 = running.1.max(running.0);
    });
    assert!(report.is_complete());
    assert_eq!(running.into_inner().expect("no panic while held"), (0, 3));
}

#[test]
fn without_a_ledger_to_write_to_no_call_is_made() {
    for room in 0..18 {
        let bed = bed(8);
        bed.ledger.fail_from(room);
        let report = applied(&bed, &stack(&[]), &|_, _| {});
        let announced = bed.ledger.entries();
        let announced = announced
            .iter()
            .filter(|entry| matches!(entry.event, Event::Intent { .. }));
        let made = bed.fake.world().things().count();
        assert!(
            made <= announced.count(),
            "{room}: something was made and not announced"
        );
        let (_, failed, _) = report.counts();
        assert!(
            failed > 0,
            "{room}: the run does not say that it could not write"
        );
        for (address, _, outcome) in &report.steps {
            if let Outcome::Failed(error) = outcome {
                assert!(
                    matches!(error, StepError::Ledger(_)),
                    "{room}: {address}: {error}"
                );
                assert_eq!(
                    error.to_string(),
                    "writing the ledger at memory: it is full"
                );
            }
        }
    }
}

#[test]
fn a_lost_lease_stops_it_before_the_next_call() {
    let bed = bed(8);
    let calls = Mutex::new(None);
    let report = applied(&bed, &stack(&[]), &|progress, _| {
        if waiting(progress, "subnet.a") {
            bed.ledger.lose_lease();
            calls
                .lock()
                .expect("no panic while held")
                .get_or_insert(bed.fake.trouble().calls());
        }
    });
    let at_the_time = calls
        .into_inner()
        .expect("no panic while held")
        .expect("a subnet settles");
    // What was on its way then still arrives: at most one call of each running step.
    assert!(bed.fake.trouble().calls() <= at_the_time + 8);
    let after = bed
        .fake
        .world()
        .things()
        .filter(|thing| thing.kind == "service")
        .count();
    assert_eq!(after, 0, "a call was made without the right to");
    assert!(
        ends(&report).contains("the lease on this stack was lost to another run"),
        "{}",
        ends(&report)
    );
}

#[test]
fn it_says_what_it_does_and_what_it_waits_for() {
    let bed = bed(1);
    let said = Mutex::new(Vec::new());
    let report = applied(&bed, &net(&[]), &|progress, _| {
        let line = match progress {
            Progress::Started { address, verb } => format!("{} {address}", verb.word()),
            Progress::Waiting { address, what, .. } => format!("{address}: {what}"),
            Progress::Ended {
                address,
                verb,
                outcome,
                took,
            } => {
                assert!(matches!(outcome, Outcome::Done(_)));
                format!("{} {address} took {} s", verb.word(), took.as_secs())
            }
        };
        let mut said = said.lock().expect("no panic while held");
        if said.last() != Some(&line) {
            said.push(line);
        }
    });
    assert!(report.is_complete());
    let said = said.into_inner().expect("no panic while held");
    assert_eq!(
        said,
        [
            "create net.main",
            "create net.main took 0 s",
            "create subnet.a",
            "subnet.a: settling",
            "create subnet.a took 3 s"
        ]
    );
    let outputs: BTreeMap<String, String> = report
        .outputs
        .iter()
        .map(|(address, outputs)| (address.to_string(), outputs["id"].clone()))
        .collect();
    let expect = [("net.main", "net-1"), ("subnet.a", "subnet-1")];
    assert_eq!(
        outputs,
        expect.map(|(a, id)| (a.to_owned(), id.to_owned())).into()
    );
}

#[test]
fn a_name_that_somebody_else_has_is_not_taken_over() {
    let gate = vec![("gate.web", json!({"port": 80}))];
    let bed = bed(1);
    bed.drive(bed.provision(&gate));
    bed.fake
        .world()
        .thing_mut("gate.web")
        .tags
        .insert("bella:stack".to_owned(), "prod".to_owned());
    let report = applied(&bed, &gate, &|_, _| {});
    let (_, _, Outcome::Failed(StepError::Cloud(error))) = &report.steps[0] else {
        panic!("{report:?}");
    };
    assert_eq!(error.fault, Fault::Exists);
    assert_eq!(
        error.hint.as_deref(),
        Some(
            "dev-web-828eb31f exists and does not carry this stack's tags. To bring it in: bella adopt STACK gate.web dev-web-828eb31f; otherwise rename one of the two"
        )
    );
}

#[test]
fn a_name_that_is_about_to_be_free_is_waited_for() {
    let stored = net(&[(
        "store.main",
        json!({"subnet": "${subnet.a.id}", "engine": "pg", "size": 1}),
    )]);
    let consent = Setup {
        unprotect: &["store.main"],
        ..Setup::default()
    };
    let bed = Bed::new(consent);
    bed.drive(bed.provision(&stored));
    // Killed while the store goes; then somebody wants it back.
    let removed = vec![stored[0].clone(), stored[1].clone()];
    let ended = bed.drive(bed.run(&removed, Woe::Die { at: 2, after: true }));
    assert!(matches!(ended, Ended::Died), "{ended:?}");
    bed.drive(bed.provision(&stored));
    assert_eq!(bed.fake.world().truth().len(), 3);
}

#[test]
fn what_is_still_on_its_way_is_changed_and_removed_once_it_is_there() {
    let stored = |size: u32| {
        net(&[(
            "store.main",
            json!({"subnet": "${subnet.a.id}", "engine": "pg", "size": size}),
        )])
    };
    let bed = Bed::new(Setup {
        unprotect: &["store.main"],
        ..Setup::default()
    });
    bed.drive(bed.provision(&net(&[])));
    let dies_once_made = Woe::Die { at: 2, after: true };
    assert!(matches!(
        bed.drive(bed.run(&stored(1), dies_once_made)),
        Ended::Died
    ));
    bed.drive(bed.provision(&stored(2)));
    assert!(matches!(
        bed.drive(bed.run(&stored(3), dies_once_made)),
        Ended::Died
    ));
    bed.drive(bed.provision(&vec![]));
    assert_eq!(bed.fake.world().truth(), Vec::<String>::new());
}

#[test]
fn a_call_made_long_after_it_was_announced_is_still_looked_for() {
    let one = vec![("net.main", json!({"cidr": "10"}))];
    let bed = bed(1);
    bed.fake.world().lag = Duration::from_secs(20);
    let ended = bed.drive(bed.run(&one, Woe::Late { refused: 15 }));
    assert!(matches!(ended, Ended::Died), "{ended:?}");
    bed.drive(bed.provision(&one));
    bed.drive(bed.pass(Duration::from_secs(60)));
    let truth = bed.fake.world().truth();
    assert_eq!(truth.len(), 1, "{truth:?}");
}

#[test]
fn what_fails_on_its_way_fails_the_step_and_is_replaced_by_the_next_run() {
    let bed = bed(1);
    let one = vec![
        ("net.main", json!({"cidr": "10"})),
        ("subnet.a", json!({"net": "${net.main.id}", "cidr": "10.1"})),
    ];
    let report = applied(&bed, &one, &|progress, _| {
        if waiting(progress, "subnet.a") {
            bed.fake.world().thing_mut("subnet.a").failed = Some("washed away".to_owned());
        }
    });
    assert_eq!(
        ends(&report),
        "create net.main done\ncreate subnet.a failed: washed away"
    );
}

#[test]
fn what_is_usable_at_once_is_not_looked_at() {
    let bed = bed(4);
    bed.drive(bed.provision(&stack(&[])));
    let looks = bed.fake.world().looks.clone();
    // The gate is looked at before and after its update settles, everything else until it is ready.
    for kind in ["net", "rule", "revision", "record"] {
        assert_eq!(looks.get(kind), None, "{looks:?}");
    }
    for kind in ["gate", "subnet", "store", "service"] {
        assert!(looks.get(kind).is_some_and(|count| *count > 0), "{looks:?}");
    }
}

#[test]
fn a_listing_that_fails_names_every_kind() {
    let bed = bed(1);
    let live = bed.drive(Live::look(UNLISTED, &bed.fake, STACK));
    let errors: Vec<String> = live
        .expect_err("refused")
        .iter()
        .map(ToString::to_string)
        .collect();
    let expect = [
        "net", "subnet", "rule", "gate", "store", "revision", "service",
    ];
    assert_eq!(
        errors,
        expect.map(|kind| format!("listing {kind}: fake:list: not allowed"))
    );
}
