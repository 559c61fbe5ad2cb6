//! Tasks of a service, with what they logged last.

use aws_sdk_ecs::types::{DesiredStatus, Task as Wire};
use bella_engine::cloud::{CloudError, Fault};
use jiff::Timestamp;

use super::evidence::{Container, Definition, LogLine, Stopped, Task};
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// DescribeTasks takes so many; a service of ours has fewer.
const BATCH: i32 = 100;
/// Tasks whose logs are read: the newest.
const LOGGED: usize = 4;
/// Lines that are read of each.
const LINES: i32 = 20;

/// Tasks that are to run or to stop, newest first.
pub(super) async fn listed(
    aws: &Aws,
    cluster: &str,
    service: &str,
    status: DesiredStatus,
) -> Result<Vec<Wire>, CloudError> {
    let call = aws
        .ecs
        .list_tasks()
        .cluster(cluster)
        .service_name(service)
        .desired_status(status)
        .max_results(BATCH);
    let arns = call.send().await.map_err(refused)?.task_arns;
    let arns = arns.unwrap_or_default();
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let call = aws.ecs.describe_tasks().cluster(cluster);
    let answer = call.set_tasks(Some(arns)).send().await.map_err(refused)?;
    let mut tasks = answer.tasks.unwrap_or_default();
    tasks.sort_by_key(|task| std::cmp::Reverse(timestamp(task.created_at())));
    Ok(tasks)
}

/// Tasks as evidence; the logs of the newest that stopped and of the newest that run are read.
pub(super) async fn with_logs(
    aws: &Aws,
    tasks: Vec<Wire>,
    definition: &Definition,
) -> Result<Vec<Task>, CloudError> {
    let mut all = Vec::new();
    let (mut ended, mut running) = (0, 0);
    for wire in tasks {
        let mut task = of(&wire);
        let counted = if task.stopped.is_some() {
            &mut ended
        } else {
            &mut running
        };
        *counted += 1;
        if *counted <= LOGGED {
            task.log = log(aws, &task, definition).await?;
        }
        all.push(task);
    }
    Ok(all)
}

/// The last lines that a task's container wrote, oldest first; none where it wrote nothing.
async fn log(aws: &Aws, task: &Task, definition: &Definition) -> Result<Vec<LogLine>, CloudError> {
    if definition.log_group.is_empty() {
        return Ok(Vec::new());
    }
    let Definition {
        log_group,
        log_prefix,
        container,
        ..
    } = definition;
    let call = aws
        .logs
        .get_log_events()
        .log_group_name(log_group)
        .log_stream_name(format!("{log_prefix}/{container}/{}", task.id))
        .limit(LINES)
        .start_from_head(false);
    let events = match call.send().await.map_err(refused) {
        Err(error) if error.fault == Fault::NotFound => return Ok(Vec::new()),
        answer => answer?.events.unwrap_or_default(),
    };
    let lines = events.into_iter().filter_map(|event| {
        Some(LogLine {
            at: Timestamp::from_millisecond(event.timestamp?).ok()?,
            text: event.message?.trim_end().to_owned(),
        })
    });
    Ok(lines.collect())
}

fn of(task: &Wire) -> Task {
    let containers = task.containers().iter().map(|container| Container {
        name: container.name().unwrap_or_default().to_owned(),
        digest: container.image_digest().map(str::to_owned),
        exit_code: container.exit_code(),
        reason: container
            .reason()
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned),
    });
    let is_over = task.last_status() == Some("STOPPED");
    let over = timestamp(task.stopped_at()).or_else(|| timestamp(task.stopping_at()));
    let arn = task.task_arn().unwrap_or_default();
    Task {
        id: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
        started: timestamp(task.started_at()),
        stopped: over.filter(|_| is_over).map(|at| Stopped {
            at,
            code: task
                .stop_code()
                .map(|code| code.as_str().to_owned())
                .unwrap_or_default(),
            reason: task.stopped_reason().unwrap_or_default().to_owned(),
        }),
        containers: containers.collect(),
        log: Vec::new(),
        address: address(task),
    }
}

/// The address of a task's network interface.
pub(super) fn address(task: &Wire) -> Option<String> {
    let details = task.attachments().iter().flat_map(|it| it.details());
    let attached = details
        .filter(|detail| detail.name() == Some("privateIPv4Address"))
        .find_map(|detail| detail.value());
    let interfaces = task
        .containers()
        .iter()
        .flat_map(|it| it.network_interfaces());
    let own = interfaces.filter_map(|interface| interface.private_ipv4_address());
    attached
        .or_else(|| own.into_iter().next())
        .map(str::to_owned)
}
