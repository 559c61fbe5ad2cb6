//! The crash test: die anywhere, run again, converged.

use std::collections::BTreeSet;
use std::time::Duration;

use bella_engine::apply::Report;
use bella_engine::cloud::Fault;
use bella_engine::plan::Plan;
use bella_engine::progress::Outcome;

use crate::bed::{Bed, Declared, Ended, Saved, Setup};
use crate::fake::Woe;
use crate::scenarios::{Scenario, all, one};
use crate::text::{ends, refusals, text};

/// A scenario made ready, and what a clean run of it leads to.
pub(crate) struct Case {
    pub(crate) scenario: Scenario,
    pub(crate) saved: Saved,
    pub(crate) truth: Vec<String>,
}

/// How the cloud and the ledger behave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// How long listings lag behind.
    pub(crate) lag: Duration,
    /// Whether the ledger is thrown away before the second run.
    pub(crate) forget: bool,
    /// Whether the second run wants again what was there before the first.
    pub(crate) turn_back: bool,
    /// Where the second run dies too, if at all.
    pub(crate) again: Option<usize>,
}

pub(crate) fn case(scenario: Scenario) -> Result<Case, String> {
    let saved = scenario.prepare();
    let bed = Bed::resume(saved.clone(), scenario.setup(4));
    let truth = bed.drive(clean(&bed, &scenario.after));
    Ok(Case {
        truth: truth.map_err(|why| format!("{}: a clean run: {why}", scenario.name))?,
        scenario,
        saved,
    })
}

/// The truth after a run without trouble, which nothing may have got in the way of.
pub(crate) async fn clean(bed: &Bed, declared: &Declared) -> Result<Vec<String>, String> {
    complete(bed.run(declared, Woe::Nothing).await)?;
    let in_use = bed.fake.world().in_use;
    if in_use > 0 {
        return Err(format!("{in_use} deletes did not wait for users"));
    }
    converged(bed, declared).await
}

fn complete(ended: Ended) -> Result<(), String> {
    match ended {
        Ended::Ran(ran) if ran.1.is_complete() => Ok(()),
        Ended::Ran(ran) => Err(format!("it did not finish:\n{}", ends(&ran.1))),
        Ended::Refused(why) => Err(format!("refused: {}", refusals(&why))),
        Ended::Died => Err("it died".to_owned()),
    }
}

/// The truth, if a further plan is empty, at once and later.
async fn converged(bed: &Bed, declared: &Declared) -> Result<Vec<String>, String> {
    for pause in [0, 3600] {
        bed.pass(Duration::from_secs(pause)).await;
        match bed.plan(declared).await {
            Ok(plan) if plan.is_empty() && plan.steps.is_empty() => {}
            Ok(plan) => return Err(format!("{pause} s later the next plan is\n{}", text(&plan))),
            Err(why) => return Err(format!("the next plan is refused: {}", refusals(&why))),
        }
    }
    let truth = bed.fake.world().truth();
    Ok(truth)
}

/// Runs a case under `woe`, then again where it died or was denied something. Answers whether the
/// woe struck at all.
pub(crate) fn check(case: &Case, setup: Setup, weather: Weather, woe: Woe) -> Result<bool, String> {
    let bed = Bed::resume(case.saved.clone(), setup);
    bed.fake.world().lag = weather.lag;
    bed.drive(async {
        let wanted = match weather.turn_back {
            true => &case.scenario.before.last().cloned().unwrap_or_default(),
            false => &case.scenario.after,
        };
        let first = bed.run(&case.scenario.after, woe).await;
        let struck = bed.fake.trouble().struck();
        let denied = bed.fake.trouble().denied().map(str::to_owned);
        match (first, denied) {
            (Ended::Ran(ran), Some(denied)) => {
                only_its_branch_stopped(&ran.0, &ran.1, &denied)?;
            }
            (Ended::Died, _) => {}
            (first, _) => {
                complete(first)?;
                return match struck {
                    true => finished(&bed, &case.scenario.after, &case.truth).await,
                    false => Ok(false),
                };
            }
        }
        if weather.forget {
            bed.ledger.forget();
        }
        if let Some(at) = weather.again {
            let ended = bed.run(wanted, Woe::Die { at, after: true }).await;
            if !matches!(ended, Ended::Died) {
                complete(ended).map_err(|why| format!("the second run: {why}"))?;
            }
        }
        complete(bed.run(wanted, Woe::Nothing).await)
            .map_err(|why| format!("the last run: {why}"))?;
        let truth = match weather.turn_back {
            true => case.saved.world.truth(),
            false => case.truth.clone(),
        };
        finished(&bed, wanted, &truth).await
    })
}

async fn finished(bed: &Bed, wanted: &Declared, expect: &[String]) -> Result<bool, String> {
    let truth = converged(bed, wanted).await?;
    match truth == expect {
        true => Ok(true),
        false => Err(format!("it came to {truth:#?}\nand not to {expect:#?}")),
    }
}

/// The denied step failed, all that wait for it were skipped and say so, and the rest is done.
fn only_its_branch_stopped(plan: &Plan, report: &Report, denied: &str) -> Result<(), String> {
    let mut stopped: BTreeSet<usize> = BTreeSet::new();
    for (position, (address, _, outcome)) in report.steps.iter().enumerate() {
        let waits = plan.steps[position]
            .after
            .iter()
            .any(|step| stopped.contains(step));
        let as_it_should = match outcome {
            Outcome::Failed(_) => address.to_string() == denied && !waits,
            Outcome::Skipped(why) => {
                *why == format!("{denied} failed") && in_vain(plan, report, position)
            }
            Outcome::Done(_) => !waits,
        };
        if !matches!(outcome, Outcome::Done(_)) {
            stopped.insert(position);
        }
        if !as_it_should {
            return Err(format!("{denied} was denied, and\n{}", ends(report)));
        }
    }
    match stopped.is_empty() {
        true => Err(format!("{denied} was denied, and nothing failed")),
        false => Ok(()),
    }
}

/// Whether a step waits for one that is not done.
fn in_vain(plan: &Plan, report: &Report, position: usize) -> bool {
    let after = &plan.steps[position].after;
    after
        .iter()
        .any(|step| !matches!(report.steps[*step].2, Outcome::Done(_)))
}

/// Runs every case at every width and every position until the woe no longer strikes. Answers how
/// many runs were struck, and the first failure of every case.
fn everywhere(
    scenarios: Vec<Scenario>,
    weather: Weather,
    woes: &[fn(usize) -> Woe],
) -> (usize, Vec<String>) {
    let mut struck = 0;
    let mut failures = Vec::new();
    for scenario in scenarios {
        let found = case(scenario).and_then(|case| {
            let narrow = sweep(&case, &case.scenario.setup(1), weather, woes)?;
            Ok(narrow + sweep(&case, &case.scenario.setup(8), weather, woes)?)
        });
        match found {
            Ok(some) => struck += some,
            Err(why) => failures.push(why),
        }
    }
    (struck, failures)
}

/// One case at one width.
pub(crate) fn sweep(
    case: &Case,
    setup: &Setup,
    weather: Weather,
    woes: &[fn(usize) -> Woe],
) -> Result<usize, String> {
    let mut struck = 0;
    for woe in woes {
        let before = struck;
        for at in 0.. {
            let woe = woe(at);
            let name = case.scenario.name;
            let place = || format!("{name}, width {}, {woe:?}, {weather:?}", setup.width);
            match check(case, setup.clone(), weather, woe) {
                Ok(true) => struck += 1,
                Ok(false) => break,
                Err(why) => return Err(format!("{}: {why}", place())),
            }
        }
        if struck == before {
            return Err(format!(
                "{}: {:?} struck nowhere",
                case.scenario.name,
                woe(0)
            ));
        }
    }
    Ok(struck)
}

pub(crate) const DEATHS: &[fn(usize) -> Woe] = &[
    |at| Woe::Die { at, after: false },
    |at| Woe::Die { at, after: true },
];
pub(crate) const LOSSES: &[fn(usize) -> Woe] = &[
    |at| Woe::Lost { at, done: true },
    |at| Woe::Lost { at, done: false },
];
pub(crate) const LAGGING: Weather = Weather {
    lag: Duration::from_secs(20),
    forget: false,
    turn_back: false,
    again: None,
};

fn assert_everywhere(weather: Weather, woes: &[fn(usize) -> Woe], at_least: usize) {
    let scenarios = match weather.turn_back {
        true => all().into_iter().filter_map(Scenario::and_back).collect(),
        false => all(),
    };
    let (struck, failures) = everywhere(scenarios, weather, woes);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(struck >= at_least, "only {struck} places were tried");
}

#[test]
fn a_run_that_dies_anywhere_is_finished_by_the_next() {
    assert_everywhere(Weather::default(), DEATHS, 880);
}

#[test]
fn so_it_is_while_the_listing_lags() {
    assert_everywhere(LAGGING, DEATHS, 880);
}

#[test]
fn so_it_is_without_a_ledger() {
    let weather = Weather {
        forget: true,
        ..Weather::default()
    };
    assert_everywhere(weather, DEATHS, 880);
}

#[test]
fn a_lost_answer_is_looked_for() {
    assert_everywhere(Weather::default(), LOSSES, 290);
    assert_everywhere(LAGGING, LOSSES, 290);
}

#[test]
fn what_a_dead_run_left_is_cleared_away_when_nobody_wants_it_any_more() {
    let back = |lag| Weather {
        lag,
        turn_back: true,
        ..Weather::default()
    };
    assert_everywhere(back(Duration::ZERO), DEATHS, 390);
    assert_everywhere(back(LAGGING.lag), DEATHS, 390);
}

#[test]
fn a_run_may_die_twice() {
    let mut struck = 0;
    for name in ["create all", "replacement cascade", "new gate", "shrink"] {
        let case = case(one(name)).expect("sound so far");
        for again in [1, 4, 10] {
            let weather = Weather {
                again: Some(again),
                ..LAGGING
            };
            struck += sweep(&case, &case.scenario.setup(8), weather, &DEATHS[1..])
                .unwrap_or_else(|why| panic!("{why}"));
        }
    }
    assert!(struck >= 280, "only {struck} places were tried");
}

#[test]
fn a_denied_call_stops_its_branch_alone() {
    assert_everywhere(Weather::default(), &[|at| Woe::Deny { at }], 145);
}

#[test]
fn what_was_made_a_moment_ago_may_be_unheard_of() {
    let case = case(one("create all")).expect("sound so far");
    let (setup, calm) = (case.scenario.setup(4), Weather::default());
    let struck = check(&case, setup, calm, Woe::Unheard);
    assert_eq!(struck, Ok(true));
}

#[test]
fn what_passes_is_waited_for() {
    for fault in [
        Fault::Throttled,
        Fault::NotYet,
        Fault::InUse,
        Fault::Unreachable,
    ] {
        let shaken = |scenario: Scenario| {
            let case = case(scenario)?;
            match check(
                &case,
                case.scenario.setup(4),
                Weather::default(),
                Woe::Shaky(fault),
            ) {
                Ok(true) => Ok(()),
                Ok(false) => Err(format!("{}: no call was made", case.scenario.name)),
                Err(why) => Err(format!("{}, {fault:?}: {why}", case.scenario.name)),
            }
        };
        let failures: Vec<String> = all().into_iter().filter_map(|s| shaken(s).err()).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    }
}
