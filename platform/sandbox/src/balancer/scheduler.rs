use jiff::Timestamp;
use serde_json::json;

use crate::containers::{Failure, Task};
use crate::gateway::EmulatorClient;
use crate::place::Place;
use crate::rules::{Store, events};

/// A target that is unhealthy, and the task it is.
#[derive(Debug)]
pub(super) struct Failed<'a> {
    pub(super) group: &'a str,
    pub(super) port: u16,
    pub(super) why: Failure,
    pub(super) task: &'a Task,
}

/// Does what ECS does with a service's task that fails its load balancer's checks once its grace period is over: says
/// so in an event, stops it, and starts another.
pub(super) async fn replace(
    emulator: &EmulatorClient,
    store: &Store,
    place: &Place,
    failed: &Failed<'_>,
) {
    let Failed { group, task, .. } = failed;
    if task.service.is_empty() {
        return;
    }
    let asked = json!({"cluster": task.cluster, "services": [task.service]});
    let service = place.ecs(emulator, "DescribeServices", &asked).await;
    let service = &service["services"][0];
    let asked = json!({"cluster": task.cluster, "tasks": [task.arn]});
    let told = place.ecs(emulator, "DescribeTasks", &asked).await;
    let told = &told["tasks"][0];
    let Some(started) = told["startedAt"].as_f64() else {
        return;
    };
    let grace = service["healthCheckGracePeriodSeconds"]
        .as_f64()
        .unwrap_or_default();
    let now = Timestamp::now().as_duration().as_secs_f64();
    if told["lastStatus"] != "RUNNING" || now - started < grace {
        return;
    }
    let name = &task.service;
    let id = task.arn.rsplit('/').next().unwrap_or(&task.arn);
    let arn = service["serviceArn"].as_str().unwrap_or_default();
    let (port, why) = (failed.port, failed.why.words());
    let texts = [
        format!(
            "(service {name}) (port {port}) is unhealthy in (target-group {group}) due to (reason {why})."
        ),
        format!("(service {name}) has stopped 1 running tasks: (task {id})."),
    ];
    events::add(store, arn, &texts);
    let reason = format!("Task failed ELB health checks in (target-group {group})");
    let stop = json!({"cluster": task.cluster, "task": task.arn, "reason": reason});
    place.ecs(emulator, "StopTask", &stop).await;
    // The emulator counts a service's tasks when the service is looked at to be changed.
    let again = json!({"cluster": task.cluster, "service": name});
    place.ecs(emulator, "UpdateService", &again).await;
}

/// Whether a task's service is there and wants tasks.
pub(super) async fn wants_tasks(emulator: &EmulatorClient, place: &Place, task: &Task) -> bool {
    let asked = json!({"cluster": task.cluster, "services": [task.service]});
    let told = place.ecs(emulator, "DescribeServices", &asked).await;
    let service = &told["services"][0];
    service["status"] == "ACTIVE" && service["desiredCount"] != 0
}
