//! Apply: carries out a plan and nothing else.
//!
//! Dataflow: a step starts when all it waits for is done. A failure starts nothing new on that
//! branch; independent branches finish. An interruption lets what is in flight end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::address::Address;
use crate::cloud::{Cloud, CloudError, Fault};
use crate::gate::Gate;
use crate::ledger::{Event, Ledger};
use crate::plan::{Plan, Step, Work};
use crate::planner::with_tags;
use crate::progress::{Outcome, Progress, StepError, Verb};
use crate::reference::{is_unresolved, resolve};
use crate::resource::{Catalog, Kind, Outputs, find_kind};
use crate::retry::Clock;
use crate::step::Doer;

/// What apply works with.
pub struct Context<'a, C: Cloud> {
    /// Known kinds.
    pub catalog: Catalog<C>,
    /// The cloud.
    pub cloud: &'a C,
    /// Where events go; holding it is the right to act.
    pub ledger: &'a dyn Ledger,
    /// Time and chance.
    pub clock: &'a dyn Clock,
    /// Stack name.
    pub stack: &'a str,
    /// The run's id, part of idempotency tokens.
    pub run: &'a str,
    /// Steps at once.
    pub width: usize,
    /// How long a listing may lag behind a change (60 s covers AWS).
    pub lag: Duration,
    /// Asked before every create and update, with all values known.
    pub gate: &'a dyn Gate,
    /// Creates that an earlier run announced and never reported done.
    pub unfinished: &'a BTreeMap<Address, Timestamp>,
}

/// Whether and how to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Go on.
    No,
    /// Start nothing new, finish what is in flight.
    Soon,
    /// Drop everything.
    Now,
}

/// How every step ended.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the plan's steps.
    pub steps: Vec<(Address, Verb, Outcome)>,
    /// Outputs of everything that exists now.
    pub outputs: BTreeMap<Address, Outputs>,
    /// Whether the run was told to stop.
    pub interrupted: bool,
}

impl Report {
    /// Steps done, failed, skipped.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count =
            |wanted: fn(&Outcome) -> bool| self.steps.iter().filter(|(_, _, o)| wanted(o)).count();
        (
            count(|outcome| matches!(outcome, Outcome::Done(_))),
            count(|outcome| matches!(outcome, Outcome::Failed(_))),
            count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        )
    }

    /// Whether every step is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let (_, failed, skipped) = self.counts();
        failed == 0 && skipped == 0
    }
}

pub(crate) fn verb(work: &Work) -> Verb {
    match work {
        Work::Create { .. } => Verb::Create,
        Work::Update { .. } => Verb::Update,
        Work::Await { .. } => Verb::Await,
        Work::Delete { .. } => Verb::Delete,
    }
}

/// Carries out `plan`. Progress goes to `listen` as it happens; `stop` may change at any time.
pub async fn apply<C: Cloud>(
    cx: &Context<'_, C>,
    plan: &Plan,
    listen: &(dyn Fn(Progress) + Sync),
    mut stop: watch::Receiver<Stop>,
) -> Report {
    let limits = limits(cx, plan);
    let mut known = plan.known.clone();
    let mut run = Run {
        started: BTreeSet::new(),
        outcomes: vec![None; plan.steps.len()],
    };
    let mut running = FuturesUnordered::new();
    loop {
        let asked = *stop.borrow_and_update();
        if asked == Stop::No {
            let room = cx.width.max(1).saturating_sub(running.len());
            for position in run.ready(plan).into_iter().take(room) {
                run.started.insert(position);
                let step = &plan.steps[position];
                let limit = limits.get(service(cx, step));
                let prepared = admit(cx, step, prepare(cx, step, &known));
                let kept = run.kept(plan, step);
                running.push(async move {
                    let ended = match kept {
                        Some(kept) => (kept, Outputs::new()),
                        None => perform(cx, step, prepared, limit, listen).await,
                    };
                    (position, ended)
                });
            }
        }
        if running.is_empty() || asked == Stop::Now {
            break;
        }
        let told = async {
            if stop.changed().await.is_err() {
                // Nobody is left who could ask.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            Some((position, (outcome, outputs))) = running.next() => {
                note_outputs(&mut known, &plan.steps[position], outputs);
                run.outcomes[position] = Some(outcome);
            }
            () = told => {}
        }
    }
    drop(running);
    let interrupted = *stop.borrow() != Stop::No;
    Report {
        steps: run.finish(plan, interrupted, listen),
        outputs: known,
        interrupted,
    }
}

struct Run {
    started: BTreeSet<usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Run {
    fn is_done(&self, position: usize) -> bool {
        matches!(self.outcomes[position], Some(Outcome::Done(_)))
    }

    /// How the delete of an object ends that its own replacement turned out to be.
    fn kept(&self, plan: &Plan, step: &Step) -> Option<Outcome> {
        let Work::Delete { id, .. } = &step.work else {
            return None;
        };
        let made = plan
            .steps
            .iter()
            .zip(&self.outcomes)
            .find(|(other, outcome)| {
                matches!(other.work, Work::Create { .. })
                    && other.address == step.address
                    && matches!(outcome, Some(Outcome::Done(made)) if made == id)
            });
        made.and_then(|(_, outcome)| outcome.clone())
    }

    fn ready(&self, plan: &Plan) -> Vec<usize> {
        (0..plan.steps.len())
            .filter(|position| !self.started.contains(position))
            .filter(|position| plan.steps[*position].after.iter().all(|a| self.is_done(*a)))
            .collect()
    }

    /// Names for every step that did not run what stopped it.
    fn finish(
        self,
        plan: &Plan,
        interrupted: bool,
        listen: &(dyn Fn(Progress) + Sync),
    ) -> Vec<(Address, Verb, Outcome)> {
        let failed: BTreeMap<usize, &Address> = (0..plan.steps.len())
            .filter(|position| matches!(self.outcomes[*position], Some(Outcome::Failed(_))))
            .map(|position| (position, &plan.steps[position].address))
            .collect();
        let cause = |position: usize| -> String {
            let mut queue = vec![position];
            let mut seen = BTreeSet::new();
            while let Some(next) = queue.pop() {
                if let Some(address) = failed.get(&next) {
                    return format!("{address} failed");
                }
                if seen.insert(next) {
                    queue.extend(&plan.steps[next].after);
                }
            }
            if interrupted {
                "interrupted"
            } else {
                "not started"
            }
            .to_owned()
        };
        let mut ends = Vec::with_capacity(plan.steps.len());
        for (position, outcome) in self.outcomes.iter().enumerate() {
            let step = &plan.steps[position];
            let outcome = outcome.clone().unwrap_or_else(|| {
                let outcome = Outcome::Skipped(match self.started.contains(&position) {
                    true => "interrupted under way".to_owned(),
                    false => cause(position),
                });
                listen(Progress::Ended {
                    address: step.address.clone(),
                    verb: verb(&step.work),
                    outcome: outcome.clone(),
                    took: Duration::ZERO,
                });
                outcome
            });
            ends.push((step.address.clone(), verb(&step.work), outcome));
        }
        ends
    }
}

fn service<C: Cloud>(cx: &Context<'_, C>, step: &Step) -> &'static str {
    find_kind(cx.catalog, &step.kind).map_or("", Kind::service)
}

fn limits<C: Cloud>(cx: &Context<'_, C>, plan: &Plan) -> BTreeMap<&'static str, Semaphore> {
    plan.steps
        .iter()
        .map(|step| service(cx, step))
        .map(|service| (service, Semaphore::new(cx.cloud.parallel(service).max(1))))
        .collect()
}

/// Resolves a step's properties with what is known now.
fn prepare<C: Cloud>(
    cx: &Context<'_, C>,
    step: &Step,
    known: &BTreeMap<Address, Outputs>,
) -> Result<Value, CloudError> {
    let desired = match &step.work {
        Work::Create { desired, .. } | Work::Update { desired, .. } => desired,
        Work::Await { .. } | Work::Delete { .. } => return Ok(Value::Null),
    };
    let resolved = resolve(desired, &|reference| {
        known
            .get(&reference.address)
            .and_then(|outputs| outputs.get(&reference.output))
            .cloned()
    });
    let bug =
        |message: String| CloudError::new(Fault::Rejected, service(cx, step), "resolve", message);
    if is_unresolved(&resolved) {
        let left: Vec<String> = crate::reference::references(&resolved)
            .iter()
            .map(ToString::to_string)
            .collect();
        return Err(bug(format!(
            "{} has no value although what it names is done",
            left.join(", ")
        )));
    }
    match find_kind(cx.catalog, &step.kind) {
        Some(kind) => kind.normalize(&resolved).map_err(bug),
        None => Err(bug(format!("unknown kind `{}`", step.kind))),
    }
}

/// Asks the gate about prepared properties; what is only waited for or removed is not asked about.
fn admit<C: Cloud>(
    cx: &Context<'_, C>,
    step: &Step,
    prepared: Result<Value, CloudError>,
) -> Result<Value, StepError> {
    let props = prepared?;
    match &step.work {
        Work::Create { .. } | Work::Update { .. } => cx
            .gate
            .pass(&step.address, &props)
            .map_err(|why| StepError::Denied { why })?,
        Work::Await { .. } | Work::Delete { .. } => {}
    }
    Ok(props)
}

async fn perform<C: Cloud>(
    cx: &Context<'_, C>,
    step: &Step,
    prepared: Result<Value, StepError>,
    limit: Option<&Semaphore>,
    listen: &(dyn Fn(Progress) + Sync),
) -> (Outcome, Outputs) {
    let verb = verb(&step.work);
    let began = cx.clock.now();
    listen(Progress::Started {
        address: step.address.clone(),
        verb,
    });
    let result = match (prepared, find_kind(cx.catalog, &step.kind)) {
        (Ok(props), Some(kind)) => {
            let doer = Doer {
                cx,
                kind,
                step,
                limit,
                listen,
            };
            doer.run(&props).await
        }
        (Err(error), _) => Err(error),
        (Ok(_), None) => unreachable!("prepare refuses unknown kinds"),
    };
    let took = Duration::try_from(cx.clock.now() - began).unwrap_or_default();
    let (outcome, outputs) = record(cx, step, verb, result, took).await;
    listen(Progress::Ended {
        address: step.address.clone(),
        verb,
        outcome: outcome.clone(),
        took,
    });
    (outcome, outputs)
}

/// Writes how the step ended; a step whose end is not recorded counts as failed.
async fn record<C: Cloud>(
    cx: &Context<'_, C>,
    step: &Step,
    verb: Verb,
    result: Result<(String, Outputs), StepError>,
    took: Duration,
) -> (Outcome, Outputs) {
    let event = match &result {
        Ok((id, _)) => Event::Done {
            address: step.address.clone(),
            action: match &step.work {
                Work::Delete { replaced: true, .. } => "replaced".to_owned(),
                _ => verb.word().to_owned(),
            },
            id: id.clone(),
            properties: match &step.work {
                Work::Create { desired, .. } | Work::Update { desired, .. } => {
                    with_tags(desired, &step.tags)
                }
                _ => Value::Null,
            },
            ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        },
        Err(StepError::Cloud(error)) => Event::Failed {
            address: step.address.clone(),
            action: verb.word().to_owned(),
            error: error.clone(),
            ambiguous: error.fault == Fault::Ambiguous,
        },
        Err(StepError::NotReady { what }) => Event::Failed {
            address: step.address.clone(),
            action: verb.word().to_owned(),
            error: CloudError::new(Fault::Rejected, service(cx, step), "wait", what),
            ambiguous: false,
        },
        Err(StepError::Denied { why }) => Event::Failed {
            address: step.address.clone(),
            action: verb.word().to_owned(),
            error: CloudError::new(Fault::Rejected, service(cx, step), "policy", why),
            ambiguous: false,
        },
        Err(StepError::Ledger(error)) => {
            return (
                Outcome::Failed(StepError::Ledger(error.clone())),
                Outputs::new(),
            );
        }
    };
    let written = match (&step.work, &result) {
        (Work::Await { .. }, Ok(_)) => Ok(()),
        _ => cx.ledger.append(event).await,
    };
    match (result, written) {
        (Ok((id, outputs)), Ok(())) => (Outcome::Done(id), outputs),
        (Ok(_), Err(error)) => (Outcome::Failed(StepError::Ledger(error)), Outputs::new()),
        (Err(error), _) => (Outcome::Failed(error), Outputs::new()),
    }
}

fn note_outputs(known: &mut BTreeMap<Address, Outputs>, step: &Step, outputs: Outputs) {
    if !matches!(step.work, Work::Delete { .. }) {
        known
            .entry(step.address.clone())
            .or_default()
            .extend(outputs);
    }
}
