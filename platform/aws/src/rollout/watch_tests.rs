//! A watch against a script of what AWS shows.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use bella_engine::apply::Stop;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Pending;
use bella_engine::retry::Clock;
use jiff::Timestamp;
use tokio::sync::watch::channel;

use super::cause::Cause;
use super::evidence::{Definition, Evidence, Stopped, Task};
use super::own::{Deployment, Fleet, Revision, Rollout, Status, View};
use super::watch::{Back, Verdict, Watching, follow};

const OURS: &str = "service:8";
const BEFORE: &str = "service:7";
const TIMEOUT: Duration = Duration::from_secs(600);

/// Time passes when somebody waits.
struct Virtual(Mutex<Timestamp>);

impl Virtual {
    fn new() -> Self {
        Self(Mutex::new(Timestamp::UNIX_EPOCH))
    }

    fn passed(&self) -> u64 {
        u64::try_from(self.now().as_second()).expect("time goes forward")
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panics with it")
    }

    fn sleep(&self, time: Duration) -> Pending<'static, ()> {
        *self.0.lock().expect("nobody panics with it") += time;
        Box::pin(async {})
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// Answers from a script, the last one for ever; another script once it was stopped.
struct Script {
    answers: RefCell<VecDeque<Result<View, CloudError>>>,
    stopped: RefCell<Option<VecDeque<Result<View, CloudError>>>>,
    refuses: Option<CloudError>,
    stops: Cell<usize>,
}

type Answers = Vec<Result<View, CloudError>>;

impl Script {
    fn new(answers: Answers, stopped: Answers) -> Self {
        Self {
            answers: RefCell::new(answers.into()),
            stopped: RefCell::new(Some(stopped.into())),
            refuses: None,
            stops: Cell::new(0),
        }
    }
}

impl Fleet for Script {
    async fn view(&self, _ours: &Deployment) -> Result<View, CloudError> {
        let mut answers = self.answers.borrow_mut();
        let next = answers.pop_front().expect("a script has an answer");
        if answers.is_empty() {
            answers.push_back(next.clone());
        }
        next
    }

    async fn stop(&self, rollout: &str) -> Result<(), CloudError> {
        assert_eq!(rollout, "deployment");
        self.stops.set(self.stops.get() + 1);
        if let Some(script) = self.stopped.take() {
            *self.answers.borrow_mut() = script;
        }
        self.refuses.clone().map_or(Ok(()), Err)
    }
}

fn revision(arn: &str, primary: bool, running: u32) -> Revision {
    Revision {
        task_definition: arn.to_owned(),
        primary,
        complete: primary && running == 2,
        desired: 2,
        running,
        pending: 0,
        healthy: running,
    }
}

/// Our deployment at `status`, with so many of our tasks running and so many having failed for `reason`.
fn view(status: Status, running: u32, failed: usize, reason: &str) -> View {
    let back = matches!(status, Status::RolledBack | Status::RollingBack);
    let tasks = (0..failed).map(|number| Task {
        id: format!("task-{number}"),
        stopped: Some(Stopped {
            at: Timestamp::UNIX_EPOCH,
            code: "TaskFailedToStart".to_owned(),
            reason: reason.to_owned(),
        }),
        ..Task::default()
    });
    View {
        rollout: Some(Rollout {
            arn: "deployment".to_owned(),
            task_definition: OURS.to_owned(),
            status,
            reason: None,
            created: None,
            finished: None,
        }),
        revisions: vec![revision(OURS, !back, running), revision(BEFORE, back, 2)],
        balanced: true,
        newest: None,
        evidence: Evidence {
            definition: Definition {
                arn: OURS.to_owned(),
                image: "registry/bella:1".to_owned(),
                ..Definition::default()
            },
            tasks: tasks.collect(),
            ..Evidence::default()
        },
    }
}

const MISSING: &str = "CannotPullContainerError: manifest unknown";
const ODD: &str = "InternalError: failed to create container model";

fn rolled_back(reason: &str) -> View {
    let mut view = view(Status::RolledBack, 0, 3, MISSING);
    if let Some(rollout) = &mut view.rollout {
        rollout.reason = Some(reason.to_owned());
    }
    view
}

async fn run(script: &Script, clock: &Virtual, stop: Stop) -> (Verdict, usize) {
    let ours = Deployment {
        cluster: "main".to_owned(),
        service: "service".to_owned(),
        task_definition: OURS.to_owned(),
        since: Timestamp::UNIX_EPOCH,
    };
    let (_sender, stop) = channel(stop);
    let watching = Watching {
        timeout: TIMEOUT,
        stop,
        stack: "dev.yaml",
    };
    let seen = Cell::new(0);
    let on = |_: &super::own::Snapshot| seen.set(seen.get() + 1);
    let verdict = follow(script, clock, &ours, watching, &on).await;
    (verdict.expect("AWS can be asked"), seen.get())
}

#[tokio::test]
async fn serves_once_every_task_is_healthy_and_not_before() {
    let mut sick = view(Status::Successful, 2, 0, "");
    sick.revisions[0].healthy = 1;
    let mut unseen = view(Status::Pending, 0, 0, "");
    unseen.rollout = None;
    let script = Script::new(
        vec![
            Ok(unseen),
            Ok(view(Status::InProgress, 1, 0, "")),
            Ok(sick),
            Ok(view(Status::Successful, 2, 0, "")),
        ],
        Vec::new(),
    );
    let (verdict, seen) = run(&script, &Virtual::new(), Stop::No).await;
    assert_eq!(verdict, Verdict::Serving { tasks: 2 });
    assert_eq!((seen, script.stops.get()), (4, 0));
}

#[tokio::test]
async fn a_proven_cause_stops_it_at_once_and_the_version_before_is_waited_for() {
    let script = Script::new(
        vec![
            Ok(view(Status::InProgress, 0, 1, MISSING)),
            Ok(view(Status::InProgress, 0, 2, MISSING)),
        ],
        vec![
            Ok(view(Status::RollingBack, 0, 2, MISSING)),
            // What comes of the stop is no other cause.
            Ok(view(Status::RolledBack, 0, 0, "")),
        ],
    );
    let clock = Virtual::new();
    let (verdict, _) = run(&script, &clock, Stop::No).await;
    let Verdict::Failed { finding, back, .. } = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(
        finding.map(|it| (it.cause, it.proven)),
        Some((Cause::ImageMissing, true))
    );
    let task_definition = BEFORE.to_owned();
    assert_eq!(
        back,
        Back::Serves {
            task_definition,
            by_breaker: false
        }
    );
    assert_eq!(script.stops.get(), 1);
    assert!(clock.passed() < 30, "{}", clock.passed());
}

#[tokio::test]
async fn a_breakers_rollback_is_a_failure_with_its_reason() {
    let reason =
        "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    let script = Script::new(
        vec![
            Ok(view(Status::InProgress, 0, 1, MISSING)),
            Ok(rolled_back(reason)),
        ],
        Vec::new(),
    );
    let (verdict, _) = run(&script, &Virtual::new(), Stop::No).await;
    let Verdict::Failed { why, finding, back } = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(why, reason);
    assert_eq!(finding.map(|it| it.cause), Some(Cause::ImageMissing));
    let task_definition = BEFORE.to_owned();
    assert_eq!(
        back,
        Back::Serves {
            task_definition,
            by_breaker: true
        }
    );
    assert_eq!(script.stops.get(), 0);
}

#[tokio::test]
async fn the_breaker_may_be_first_to_stop_it() {
    let mut script = Script::new(
        vec![Ok(view(Status::InProgress, 0, 2, MISSING))],
        vec![Ok(rolled_back("breaker"))],
    );
    let over = CloudError::new(
        Fault::Rejected,
        "ecs",
        "StopServiceDeployment",
        "it is over",
    );
    script.refuses = Some(over);
    let (verdict, _) = run(&script, &Virtual::new(), Stop::No).await;
    let Verdict::Failed { back, .. } = verdict else {
        panic!("{verdict:?}");
    };
    assert!(
        matches!(
            back,
            Back::Serves {
                by_breaker: true,
                ..
            }
        ),
        "{back:?}"
    );
}

#[tokio::test]
async fn what_is_unknown_is_left_until_the_time_is_up() {
    let script = Script::new(
        vec![Ok(view(Status::InProgress, 0, 5, ODD))],
        vec![Ok(view(Status::RolledBack, 0, 5, ODD))],
    );
    let clock = Virtual::new();
    let (verdict, _) = run(&script, &clock, Stop::No).await;
    let Verdict::Failed { why, finding, .. } = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(why, "it did not serve within 10 min");
    let finding = finding.expect("tasks failed");
    assert_eq!(finding.cause, Cause::Unknown);
    assert!(finding.evidence[0].text.contains(ODD), "{finding:?}");
    assert!(clock.passed() >= TIMEOUT.as_secs());
}

#[tokio::test]
async fn an_interrupt_goes_back_and_waits_unless_it_is_told_twice() {
    let script = || {
        Script::new(
            vec![Ok(view(Status::InProgress, 1, 0, ""))],
            vec![
                Ok(view(Status::RollingBack, 1, 0, "")),
                Ok(view(Status::RolledBack, 0, 0, "")),
            ],
        )
    };
    let (verdict, _) = run(&script(), &Virtual::new(), Stop::Soon).await;
    let Verdict::Interrupted { back } = verdict else {
        panic!("{verdict:?}");
    };
    assert!(
        matches!(
            back,
            Back::Serves {
                by_breaker: false,
                ..
            }
        ),
        "{back:?}"
    );
    let hasty = script();
    let (verdict, _) = run(&hasty, &Virtual::new(), Stop::Now).await;
    let why = "it was not waited for".to_owned();
    assert_eq!(
        verdict,
        Verdict::Interrupted {
            back: Back::Not { why }
        }
    );
    assert_eq!(hasty.stops.get(), 1);
}

#[tokio::test]
async fn a_rollback_that_fails_and_one_without_a_version_before_are_said() {
    let failed = Script::new(
        vec![Ok(view(Status::InProgress, 0, 2, MISSING))],
        vec![Ok(view(Status::RollbackFailed, 0, 2, MISSING))],
    );
    let mut first = view(Status::Stopped, 0, 2, MISSING);
    first.revisions.truncate(1);
    let nothing = Script::new(
        vec![Ok(view(Status::InProgress, 0, 2, MISSING))],
        vec![Ok(first)],
    );
    for (script, says) in [
        (failed, "the rollback failed"),
        (nothing, "no version before"),
    ] {
        let (verdict, _) = run(&script, &Virtual::new(), Stop::No).await;
        let Verdict::Failed {
            back: Back::Not { why },
            ..
        } = verdict
        else {
            panic!("{verdict:?}");
        };
        assert!(why.contains(says), "{why}");
    }
}

#[tokio::test]
async fn looks_that_fail_for_a_while_are_repeated() {
    let away = || {
        Err(CloudError::new(
            Fault::Unreachable,
            "ecs",
            "DescribeServices",
            "no route",
        ))
    };
    let script = Script::new(
        vec![away(), away(), Ok(view(Status::Successful, 2, 0, ""))],
        Vec::new(),
    );
    let (verdict, _) = run(&script, &Virtual::new(), Stop::No).await;
    assert_eq!(verdict, Verdict::Serving { tasks: 2 });
}

#[tokio::test]
async fn nothing_to_roll_out_serves() {
    let mut same = view(Status::Successful, 2, 0, "");
    same.rollout = None;
    let script = Script::new(vec![Ok(same)], Vec::new());
    let (verdict, _) = run(&script, &Virtual::new(), Stop::No).await;
    assert_eq!(verdict, Verdict::Serving { tasks: 2 });
}
