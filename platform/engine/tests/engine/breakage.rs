//! The crash test on trial: whatever is broken on purpose, the same checker has to say so.

use std::collections::BTreeSet;

use bella_engine::cloud::Fault;
use bella_engine::plan::{Plan, Work};
use serde_json::json;

use crate::bed::{Bed, Setup};
use crate::broken::{AGAIN, BLIND, DELETES_NOTHING, ONLY_READY, STRIPS_IN_CREATE, TAGS_LATER};
use crate::crash::{DEATHS, LAGGING, LOSSES, Weather, case, check, clean, sweep};
use crate::fake::Woe;
use crate::scenarios::{Scenario, one};

/// Runs the crash test of a scenario with something broken; it has to fail and name `symptom`.
fn fails(
    scenario: &str,
    broken: Setup,
    weather: Weather,
    woes: &[fn(usize) -> Woe],
    symptom: &str,
) {
    let case = match scenario {
        "nameless" => case(nameless()),
        _ => case(one(scenario)),
    };
    let case = case.expect("sound so far");
    let sound = case.scenario.setup(broken.width);
    let setup = Setup {
        unprotect: sound.unprotect,
        moved: sound.moved,
        ..broken
    };
    match sweep(&case, &setup, weather, woes) {
        Ok(struck) => panic!("{scenario}: {struck} places were tried and nothing was noticed"),
        Err(why) => assert!(
            why.contains(symptom),
            "{scenario}: expected `{symptom}` in {why}"
        ),
    }
}

fn with(catalog: bella_engine::resource::Catalog<crate::fake::Fake>) -> Setup {
    Setup {
        catalog,
        ..Setup::default()
    }
}

fn tweaked(tweak: fn(&mut Plan)) -> Setup {
    Setup {
        tweak,
        ..Setup::default()
    }
}

/// Objects that no name keeps apart.
fn nameless() -> Scenario {
    Scenario {
        name: "nameless",
        before: vec![],
        meddle: |_| {},
        after: vec![
            ("net.main", json!({"cidr": "10", "label": "one"})),
            ("net.other", json!({"cidr": "10"})),
            ("subnet.a", json!({"net": "${net.main.id}", "cidr": "10.1"})),
        ],
        moved: &[],
        unprotect: &[],
    }
}

#[test]
fn a_look_that_finds_nothing_makes_a_second_object() {
    fails(
        "nameless",
        with(BLIND),
        Weather::default(),
        LOSSES,
        "another object carries this address",
    );
}

#[test]
fn tags_in_a_second_call_leave_an_orphan() {
    fails(
        "nameless",
        with(TAGS_LATER),
        Weather::default(),
        DEATHS,
        "? {",
    );
}

#[test]
fn a_blind_repetition_makes_a_second_object() {
    fails(
        "nameless",
        with(AGAIN),
        Weather::default(),
        LOSSES,
        "another object carries this address",
    );
}

#[test]
fn a_listing_of_ready_objects_alone_collides_with_the_others() {
    let forgotten = Weather {
        forget: true,
        ..Weather::default()
    };
    fails(
        "create all",
        with(ONLY_READY),
        forgotten,
        DEATHS,
        "has the same",
    );
}

#[test]
fn what_a_create_call_takes_away_again_stays_when_that_is_refused() {
    let case = case(one("create all")).expect("sound so far");
    let (broken, shaky) = (with(STRIPS_IN_CREATE), Woe::Shaky(Fault::NotYet));
    let why = check(&case, broken, Weather::default(), shaky).expect_err("broken");
    assert!(why.contains("delete rule.(rule-of-net-1)"), "{why}");
}

#[test]
fn a_delete_that_does_nothing_is_waited_for_in_vain() {
    fails(
        "shrink",
        with(DELETES_NOTHING),
        Weather::default(),
        DEATHS,
        "still there",
    );
}

#[test]
fn a_ledger_without_intents_makes_a_second_object_while_listings_lag() {
    let forgetful = Setup {
        keeps_intents: false,
        ..Setup::default()
    };
    fails(
        "nameless",
        forgetful,
        LAGGING,
        DEATHS,
        "another object carries this address",
    );
}

#[test]
fn a_ledger_without_reports_makes_a_second_object_while_listings_lag() {
    let forgetful = Setup {
        keeps_reports: false,
        ..Setup::default()
    };
    fails(
        "nameless",
        forgetful,
        LAGGING,
        DEATHS,
        "another object carries this address",
    );
}

#[test]
fn a_new_object_that_cannot_be_told_from_the_old_is_not_found() {
    let besides_nothing = tweaked(|plan| {
        for step in &mut plan.steps {
            if let Work::Create { besides, .. } = &mut step.work {
                besides.clear();
            }
        }
    });
    fails(
        "new gate",
        besides_nothing,
        Weather::default(),
        LOSSES,
        "with other properties",
    );
}

#[test]
fn deletes_that_do_not_wait_are_refused() {
    let impatient = tweaked(|plan| {
        for step in &mut plan.steps {
            if let Work::Delete { .. } = step.work {
                step.after = BTreeSet::new();
            }
        }
    });
    for scenario in ["replacement cascade", "new gate", "shrink", "teardown"] {
        let case = case(one(scenario)).expect("sound so far");
        let setup = Setup {
            unprotect: case.scenario.unprotect,
            ..impatient.clone()
        };
        let bed = Bed::resume(case.saved.clone(), setup);
        let why = bed
            .drive(clean(&bed, &case.scenario.after))
            .expect_err("broken");
        assert!(
            why.contains("deletes did not wait for users") || why.contains("uses"),
            "{scenario}: {why}"
        );
    }
}
