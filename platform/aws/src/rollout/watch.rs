//! Follows our own deployment until it serves, or stops it and says why.

use std::time::Duration;

use bella_engine::apply::Stop;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::retry::Clock;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch::Receiver;

use super::cause::{Cause, Finding, diagnose};
use super::collect::Reader;
use super::own::{Deployment, Fleet, Rollout, Snapshot, Status, View};
use crate::clients::Aws;

/// How a watch is done.
#[derive(Debug)]
pub struct Watching<'a> {
    /// How long the revision may take to serve.
    pub timeout: Duration,
    /// Asked to end: the rollout is stopped and the version before waited for; [`Stop::Now`] waits no
    /// longer.
    pub stop: Receiver<Stop>,
    /// What follows the commands of a fix: the stack or its file, and options.
    pub stack: &'a str,
}

/// How a rollout ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Our revision serves.
    Serving {
        /// Tasks that run; 0 where none is wanted.
        tasks: u32,
    },
    /// It does not.
    Failed {
        /// What ended it: AWS's reason, or ours.
        why: String,
        /// The cause, where evidence speaks for one.
        finding: Option<Finding>,
        /// What became of the version before.
        back: Back,
    },
    /// It was interrupted.
    Interrupted {
        /// What became of the version before.
        back: Back,
    },
}

/// What became of the version before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "back", rename_all = "snake_case")]
pub enum Back {
    /// It serves again.
    Serves {
        /// ARN of its revision.
        task_definition: String,
        /// Whether ECS's own circuit breaker put it back, and not this watch.
        by_breaker: bool,
    },
    /// It is not known to serve.
    Not {
        /// Why.
        why: String,
    },
}

/// Between two looks.
const POLL: Duration = Duration::from_secs(2);
/// For so long ECS may not show a deployment that was asked for.
const UNSEEN: Duration = Duration::from_secs(60);
/// For so long looks may fail in a way that passes.
const BLIND: Duration = Duration::from_secs(120);
/// For so long the version before may take to serve again.
const BACK_WITHIN: Duration = Duration::from_secs(15 * 60);

/// Follows `ours` until it serves with every task that is wanted, fails, or is interrupted. Tells `on`
/// what is seen at each look, every two seconds.
///
/// A cause that is proven ends it at once: the deployment is stopped, and the version before waited for.
/// A circuit breaker that puts the version before back is a failure.
///
/// # Errors
/// A look that AWS refuses for good, or for two minutes.
pub async fn watch(
    aws: &Aws,
    clock: &dyn Clock,
    ours: &Deployment,
    watching: Watching<'_>,
    on: &dyn Fn(&Snapshot),
) -> Result<Verdict, CloudError> {
    let reader = Reader::new(aws.clone(), ours.clone());
    follow(&reader, clock, ours, watching, on).await
}

pub(super) async fn follow<F: Fleet>(
    fleet: &F,
    clock: &dyn Clock,
    ours: &Deployment,
    watching: Watching<'_>,
    on: &dyn Fn(&Snapshot),
) -> Result<Verdict, CloudError> {
    let began = clock.now();
    let mut following = Following {
        fleet,
        clock,
        ours,
        watching,
        on,
        began,
        finding: None,
        going_back: false,
    };
    loop {
        let view = following.look().await?;
        if let Some(verdict) = following.judge(&view).await? {
            return Ok(verdict);
        }
        clock.sleep(POLL).await;
    }
}

struct Following<'a, F> {
    fleet: &'a F,
    clock: &'a dyn Clock,
    ours: &'a Deployment,
    watching: Watching<'a>,
    on: &'a dyn Fn(&Snapshot),
    began: Timestamp,
    /// The last that was found; AWS forgets what it rests on.
    finding: Option<Finding>,
    going_back: bool,
}

impl<F: Fleet> Following<'_, F> {
    fn since(&self, moment: Timestamp) -> Duration {
        let passed = self.clock.now().duration_since(moment);
        Duration::try_from(passed).unwrap_or_default()
    }

    async fn look(&mut self) -> Result<View, CloudError> {
        let asked = self.clock.now();
        let view = loop {
            match self.fleet.view(self.ours).await {
                Ok(view) => break view,
                Err(error) if passes(error.fault) && self.since(asked) < BLIND => {
                    self.clock.sleep(POLL).await;
                }
                Err(error) => return Err(error),
            }
        };
        let found = diagnose(&view.evidence, self.watching.stack);
        if found.as_ref().is_some_and(|found| self.is_better(found)) {
            self.finding = found;
        }
        (self.on)(&Snapshot {
            elapsed: self.since(self.began),
            view: view.clone(),
            finding: self.finding.clone(),
            going_back: self.going_back,
        });
        Ok(view)
    }

    /// Once a cause is proven, what follows from the stop does not take its place.
    fn is_better(&self, found: &Finding) -> bool {
        let held = self.finding.as_ref();
        !held.is_some_and(is_ground) || is_ground(found) && !self.going_back
    }

    /// The verdict, once there is one.
    async fn judge(&mut self, view: &View) -> Result<Option<Verdict>, CloudError> {
        let Some(rollout) = &view.rollout else {
            return self.unseen(view).await;
        };
        let reason = || {
            rollout
                .reason
                .clone()
                .unwrap_or_else(|| "ECS gives no reason".to_owned())
        };
        match rollout.status {
            Status::Successful if view.is_serving(&self.ours.task_definition) => {
                Ok(Some(serving(view)))
            }
            Status::Pending | Status::InProgress | Status::Successful => self.open(rollout).await,
            Status::RollingBack | Status::StopRequested if self.interrupted() => {
                self.went_back(Ending::Interrupted, true).await.map(Some)
            }
            Status::RollingBack | Status::RolledBack | Status::StopRequested => self
                .went_back(Ending::Failed(reason()), true)
                .await
                .map(Some),
            Status::Stopped => self.lost(format!("the deployment was stopped: {}", reason())),
            Status::RollbackFailed => self.lost(format!("the rollback failed: {}", reason())),
        }
    }

    /// ECS does not show the deployment: not yet, or because there was nothing to change.
    async fn unseen(&mut self, view: &View) -> Result<Option<Verdict>, CloudError> {
        let waited = self.since(self.began);
        if waited >= UNSEEN && view.is_serving(&self.ours.task_definition) {
            return Ok(Some(serving(view)));
        }
        if waited >= self.watching.timeout.max(UNSEEN) {
            return self.lost(format!(
                "ECS shows no deployment of it for {}",
                spoken(waited)
            ));
        }
        if self.interrupted() {
            let why =
                "ECS did not show the deployment yet, so that it could not be stopped".to_owned();
            let back = Back::Not { why };
            return Ok(Some(Verdict::Interrupted { back }));
        }
        Ok(None)
    }

    /// The deployment goes on, unless something ends it.
    async fn open(&mut self, rollout: &Rollout) -> Result<Option<Verdict>, CloudError> {
        let ending = if self.interrupted() {
            Ending::Interrupted
        } else if let Some(found) = self.finding.as_ref().filter(|found| is_ground(found)) {
            Ending::Failed(found.sentence.clone())
        } else if self.since(self.began) >= self.watching.timeout {
            let limit = spoken(self.watching.timeout);
            Ending::Failed(format!("it did not serve within {limit}"))
        } else {
            return Ok(None);
        };
        if rollout.status == Status::Successful {
            let why = "ECS held the deployment for complete, so that it could not be stopped: `bella rollback` puts the version before back";
            return Ok(Some(self.ended(
                ending,
                Back::Not {
                    why: why.to_owned(),
                },
            )));
        }
        match self.fleet.stop(&rollout.arn).await {
            Ok(()) => self.went_back(ending, false).await.map(Some),
            // The breaker may have been first.
            Err(error) if !passes(error.fault) => {
                let view = self.look().await?;
                let status = view.rollout.map(|rollout| rollout.status);
                match status {
                    Some(Status::RollingBack | Status::RolledBack) => {
                        self.went_back(ending, true).await.map(Some)
                    }
                    _ => {
                        let why = format!("it could not be stopped: {}", error.message);
                        Ok(Some(self.ended(ending, Back::Not { why })))
                    }
                }
            }
            // Asked again after the next look.
            Err(_) => Ok(None),
        }
    }

    /// Waits for the version before.
    async fn went_back(&mut self, ending: Ending, by_breaker: bool) -> Result<Verdict, CloudError> {
        self.going_back = true;
        let from = self.clock.now();
        let back = loop {
            let view = self.look().await?;
            let status = view.rollout.as_ref().map(|rollout| rollout.status);
            let reason = view
                .rollout
                .as_ref()
                .and_then(|rollout| rollout.reason.clone());
            if status == Some(Status::RollbackFailed) {
                let why = reason.unwrap_or_else(|| "ECS gives no reason".to_owned());
                break Back::Not {
                    why: format!("the rollback failed: {why}"),
                };
            }
            if status == Some(Status::Stopped) && runs_nothing_else(&view, self.ours) {
                break Back::Not {
                    why: "there is no version before".to_owned(),
                };
            }
            let ended = matches!(status, Some(Status::RolledBack | Status::Stopped));
            if ended && view.is_serving_another(&self.ours.task_definition) {
                let primary = view.primary().map(|it| it.task_definition.clone());
                let task_definition = primary.unwrap_or_default();
                break Back::Serves {
                    task_definition,
                    by_breaker,
                };
            }
            if *self.watching.stop.borrow() == Stop::Now {
                break Back::Not {
                    why: "it was not waited for".to_owned(),
                };
            }
            let waited = self.since(from);
            if waited >= BACK_WITHIN {
                break Back::Not {
                    why: format!("it does not serve after {}", spoken(waited)),
                };
            }
            self.clock.sleep(POLL).await;
        };
        Ok(self.ended(ending, back))
    }

    fn lost(&self, why: String) -> Result<Option<Verdict>, CloudError> {
        let back = Back::Not { why: why.clone() };
        Ok(Some(self.ended(Ending::Failed(why), back)))
    }

    fn ended(&self, ending: Ending, back: Back) -> Verdict {
        match ending {
            Ending::Interrupted => Verdict::Interrupted { back },
            Ending::Failed(why) => Verdict::Failed {
                why,
                finding: self.finding.clone(),
                back,
            },
        }
    }

    fn interrupted(&self) -> bool {
        *self.watching.stop.borrow() != Stop::No
    }
}

/// Why a deployment is ended.
enum Ending {
    Interrupted,
    Failed(String),
}

/// Whether a finding is ground enough to stop a deployment.
fn is_ground(finding: &Finding) -> bool {
    finding.proven && finding.cause != Cause::Unknown
}

/// Whether a look that failed so may succeed in a moment.
fn passes(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Throttled | Fault::Ambiguous | Fault::Unreachable | Fault::NotYet
    )
}

fn runs_nothing_else(view: &View, ours: &Deployment) -> bool {
    let mut revisions = view.revisions.iter();
    revisions.all(|revision| revision.task_definition == ours.task_definition)
}

fn serving(view: &View) -> Verdict {
    Verdict::Serving {
        tasks: view.primary().map_or(0, |revision| revision.running),
    }
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
