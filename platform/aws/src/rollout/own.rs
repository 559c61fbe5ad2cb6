//! The deployment of ours, and one view of it.
//!
//! A service that has settled may have settled on the version before: only the service deployment whose
//! target is our revision tells how *our* rollout went (aws-behaviours row 43).

use std::time::Duration;

use bella_engine::cloud::CloudError;
use jiff::Timestamp;
use serde::Serialize;

use super::cause::Finding;
use super::evidence::{Event, Evidence};

/// A rollout that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Name or ARN of the cluster.
    pub cluster: String,
    /// Name or ARN of the service.
    pub service: String,
    /// ARN of the revision that is rolled out.
    pub task_definition: String,
    /// A moment before it was asked for, UTC.
    pub since: Timestamp,
}

/// A service deployment's state, as AWS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Created, not begun.
    Pending,
    /// Tasks are started and stopped.
    InProgress,
    /// The revision serves, as far as ECS knows.
    Successful,
    /// It is being stopped where it is.
    StopRequested,
    /// It was stopped, or another one took its place.
    Stopped,
    /// The revision before is being put back.
    RollingBack,
    /// The revision before is back.
    RolledBack,
    /// The revision before could not be put back.
    RollbackFailed,
}

/// A service deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rollout {
    /// Its ARN.
    pub arn: String,
    /// ARN of the revision that it rolls out.
    pub task_definition: String,
    /// How far it is.
    pub status: Status,
    /// Why, in AWS's words.
    pub reason: Option<String>,
    /// When it was created, UTC.
    pub created: Option<Timestamp>,
    /// When it ended, UTC.
    pub finished: Option<Timestamp>,
}

/// The tasks of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// ARN of the task definition's revision.
    pub task_definition: String,
    /// Whether it is what the service is set to run.
    pub primary: bool,
    /// Whether its deployment is complete.
    pub complete: bool,
    /// Tasks that are wanted.
    pub desired: u32,
    /// Tasks that run.
    pub running: u32,
    /// Tasks that are about to.
    pub pending: u32,
    /// Tasks that the load balancer holds for healthy.
    pub healthy: u32,
}

/// What is seen of a service at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    /// Our service deployment; `None` until ECS shows it.
    pub rollout: Option<Rollout>,
    /// Its revisions, that which the service is set to run first.
    pub revisions: Vec<Revision>,
    /// Whether a load balancer judges its tasks.
    pub balanced: bool,
    /// Its newest event, of any revision.
    pub newest: Option<Event>,
    /// What speaks for or against our revision.
    pub evidence: Evidence,
}

/// What a live table shows.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Since the watch began.
    pub elapsed: Duration,
    /// What is seen.
    pub view: View,
    /// Why it fails, proven or not.
    pub finding: Option<Finding>,
    /// Whether the version before is waited for.
    pub going_back: bool,
}

impl View {
    /// The revision that the service is set to run.
    #[must_use]
    pub fn primary(&self) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.primary)
    }

    /// Whether the revision serves with every task that is wanted.
    #[must_use]
    pub fn is_serving(&self, task_definition: &str) -> bool {
        self.primary()
            .is_some_and(|it| it.task_definition == task_definition && self.serves(it))
    }

    /// Whether the service serves with another revision than this.
    #[must_use]
    pub fn is_serving_another(&self, task_definition: &str) -> bool {
        self.primary()
            .is_some_and(|it| it.task_definition != task_definition && self.serves(it))
    }

    fn serves(&self, revision: &Revision) -> bool {
        revision.complete
            && revision.running >= revision.desired
            && (!self.balanced || revision.healthy >= revision.desired)
    }
}

/// What the watch asks of AWS.
pub(crate) trait Fleet {
    /// Looks at our deployment.
    ///
    /// # Errors
    /// A refused call.
    async fn view(&self, ours: &Deployment) -> Result<View, CloudError>;

    /// Stops a service deployment and puts the revision before back.
    ///
    /// # Errors
    /// A refused call: it is over already, or there is no revision before.
    async fn stop(&self, rollout: &str) -> Result<(), CloudError>;
}
