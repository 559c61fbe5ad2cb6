//! What is seen of one revision of a service. Times are UTC.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

/// What AWS shows of one revision of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What the revision says.
    pub definition: Definition,
    /// The service's events about it, newest first.
    pub events: Vec<Event>,
    /// Its tasks, those that stopped first; AWS forgets a stopped one after about an hour.
    pub tasks: Vec<Task>,
    /// What the load balancer sees of its tasks.
    pub targets: Vec<Target>,
}

/// What matters of a task definition and of the target group that its tasks join.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// ARN of the revision.
    pub arn: String,
    /// The container's image, as the revision names it.
    pub image: String,
    /// `ARM64` or `X86_64`.
    pub architecture: String,
    /// MiB.
    pub memory: u32,
    /// Where the container listens, and the load balancer asks.
    pub port: u16,
    /// Path that the load balancer asks; empty without one.
    pub health_path: String,
    /// Codes that count as healthy, such as `200` or `200-299`.
    pub healthy_codes: String,
    /// Seconds for which a new task's failed checks do not count.
    pub grace_seconds: u32,
    /// The host in `DATABASE_HOST`.
    pub database: Option<String>,
    /// Variable to where its value is read from: the ARN of a secret, of one key in it, or of a parameter.
    pub secrets: BTreeMap<String, String>,
    /// Names of the variables that the revision gives a value itself.
    pub variables: BTreeSet<String>,
    /// The container's name.
    pub container: String,
    /// Where its tasks log: `<group>`, in streams `<prefix>/<container>/<task>`.
    pub log_group: String,
    /// The beginning of the names of its log streams.
    pub log_prefix: String,
}

/// One event of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// AWS's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// In AWS's words.
    pub text: String,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The last part of its ARN.
    pub id: String,
    /// When its containers ran; `None` when they never did.
    pub started: Option<Timestamp>,
    /// How it ended; `None` while it has not.
    pub stopped: Option<Stopped>,
    /// Its containers.
    pub containers: Vec<Container>,
    /// The last lines it logged, oldest first.
    pub log: Vec<LogLine>,
    /// The address of its network interface.
    pub address: Option<String>,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    /// When.
    pub at: Timestamp,
    /// `TaskFailedToStart`, `EssentialContainerExited`, …; empty where AWS gave none.
    pub code: String,
    /// In AWS's words.
    pub reason: String,
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Container {
    /// Its name in the definition.
    pub name: String,
    /// Digest of the image that was pulled.
    pub digest: Option<String>,
    /// What it exited with; 128 and the signal's number when a signal ended it.
    pub exit_code: Option<i32>,
    /// In AWS's words.
    pub reason: Option<String>,
}

/// A line of a task's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// As the task wrote it.
    pub text: String,
}

/// What the load balancer sees of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Address of the task.
    pub address: String,
    /// Port that is asked.
    pub port: u16,
    /// `initial`, `healthy`, `unhealthy`, `draining`, …
    pub state: String,
    /// AWS's code, such as `Target.ResponseCodeMismatch`.
    pub reason: Option<String>,
    /// In AWS's words.
    pub description: Option<String>,
    /// When this was seen.
    pub seen: Timestamp,
}

impl Evidence {
    /// The task at an address.
    pub(crate) fn task_at(&self, address: &str) -> Option<&Task> {
        let mut tasks = self.tasks.iter();
        tasks.find(|task| task.stopped.is_none() && task.address.as_deref() == Some(address))
    }

    /// Tasks of the revision that the load balancer holds for healthy.
    #[must_use]
    pub fn healthy(&self) -> usize {
        let healthy = self
            .targets
            .iter()
            .filter(|target| target.state == "healthy");
        healthy
            .filter(|target| self.task_at(&target.address).is_some())
            .count()
    }
}
