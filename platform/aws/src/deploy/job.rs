//! A task that runs once and ends, such as a migration.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, ContainerOverride, LaunchType, NetworkConfiguration,
    PropagateTags, Task, TaskOverride,
};
use bella_engine::cloud::{CloudError, Fault};
use tokio::time::{Instant, sleep};

use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::{Logs, ecs_tags, main_of};

/// ECS is asked so often; DescribeTasks bears 20 calls a second of an account.
const POLL: Duration = Duration::from_secs(1);
/// CloudWatch Logs shows what a task wrote within seconds of its end.
const LOGS_WITHIN: Duration = Duration::from_secs(10);
/// Lines of its end that are worth showing.
const LAST_LINES: i32 = 40;

/// What to run, and where: beside the service, since it reaches what the service reaches.
#[derive(Clone, Debug)]
pub struct Job {
    /// ARN of the cluster.
    pub cluster: String,
    /// ARN of the task definition's revision.
    pub task_definition: String,
    /// Subnets of the task.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Whether it has a public address.
    pub assign_public_ip: bool,
    /// Tags of the task.
    pub tags: BTreeMap<String, String>,
    /// What it is for, in at most 36 letters, digits, `-` and `_`; ECS shows it as `startedBy`.
    pub started_by: String,
    /// What its container runs instead of what its definition says; empty for that.
    pub command: Vec<String>,
    /// The container's name in the definition.
    pub container: String,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// ARN of the task.
    pub task: String,
    /// What its container returned; `None` where it never ran.
    pub exit_code: Option<i32>,
    /// Why ECS stopped it, in ECS's words.
    pub reason: String,
    /// The last lines that it wrote, oldest first.
    pub lines: Vec<String>,
}

/// Why it did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// AWS refused.
    #[error("{0}")]
    Cloud(#[from] CloudError),
    /// It took too long and was stopped.
    #[error("task {task} had not ended after {} s (it was {state}) and was stopped", within.as_secs())]
    Late {
        /// ARN of the task.
        task: String,
        /// Its last state, in ECS's words.
        state: String,
        /// How long it may take.
        within: Duration,
    },
}

/// Runs a job to its end, telling each state that ECS names.
///
/// # Errors
/// It cannot be started, or has not ended in time; then it is stopped.
pub async fn run(
    aws: &Aws,
    job: &Job,
    within: Duration,
    on: &mut (dyn FnMut(&str) + Send),
) -> Result<Ended, JobError> {
    let began = Instant::now();
    let task = start(aws, job).await?;
    let mut state = String::new();
    loop {
        let seen = look(aws, &job.cluster, &task).await?;
        let now = seen.last_status().unwrap_or_default();
        if now != state {
            state = now.to_owned();
            on(&state);
        }
        if state == "STOPPED" {
            return Ok(ended(aws, job, &task, &seen).await);
        }
        if began.elapsed() >= within {
            let call = aws.ecs.stop_task().cluster(&job.cluster).task(&task);
            call.reason("it took too long")
                .send()
                .await
                .map_err(refused)?;
            return Err(JobError::Late {
                task,
                state,
                within,
            });
        }
        sleep(POLL).await;
    }
}

async fn start(aws: &Aws, job: &Job) -> Result<String, CloudError> {
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(job.subnets.clone()))
        .set_security_groups(Some(job.security_groups.clone()))
        .assign_public_ip(match job.assign_public_ip {
            true => AssignPublicIp::Enabled,
            false => AssignPublicIp::Disabled,
        })
        .build();
    let rejected = |message: String| CloudError::new(Fault::Rejected, "ecs", "RunTask", message);
    let network = network.map_err(|err| rejected(err.to_string()))?;
    let call = aws
        .ecs
        .run_task()
        .cluster(&job.cluster)
        .task_definition(&job.task_definition)
        .launch_type(LaunchType::Fargate)
        .network_configuration(
            NetworkConfiguration::builder()
                .awsvpc_configuration(network)
                .build(),
        )
        .propagate_tags(PropagateTags::TaskDefinition)
        .started_by(&job.started_by)
        .set_overrides(overrides(job))
        .set_tags(Some(ecs_tags::wire(&job.tags)));
    let answer = call.send().await.map_err(refused)?;
    if let Some(failure) = answer.failures().first() {
        let reason = failure.reason().unwrap_or("no reason was given");
        let detail = failure.detail().map(|it| format!(": {it}"));
        return Err(rejected(format!("{reason}{}", detail.unwrap_or_default())));
    }
    let task = answer.tasks().first().and_then(Task::task_arn);
    task.map(str::to_owned)
        .ok_or_else(|| rejected("the answer names neither a task nor a failure".to_owned()))
}

fn overrides(job: &Job) -> Option<TaskOverride> {
    let container = ContainerOverride::builder()
        .name(&job.container)
        .set_command(Some(job.command.clone()))
        .build();
    let overrides = TaskOverride::builder().container_overrides(container);
    (!job.command.is_empty()).then(|| overrides.build())
}

async fn look(aws: &Aws, cluster: &str, task: &str) -> Result<Task, CloudError> {
    let call = aws.ecs.describe_tasks().cluster(cluster).tasks(task);
    let answer = call.send().await.map_err(refused)?;
    let seen = answer.tasks.unwrap_or_default().into_iter().next();
    seen.ok_or_else(|| {
        let message = format!("{task} is not there");
        CloudError::new(Fault::NotFound, "ecs", "DescribeTasks", message)
    })
}

async fn ended(aws: &Aws, job: &Job, task: &str, seen: &Task) -> Ended {
    let mut containers = seen.containers().iter();
    let container = containers.find(|container| container.name() == Some(&job.container));
    let exit_code = container.and_then(|it| it.exit_code());
    let reasons = [seen.stopped_reason(), container.and_then(|it| it.reason())];
    let reason = reasons.into_iter().flatten().collect::<Vec<_>>().join(": ");
    let lines = match exit_code {
        // It never ran, so it wrote nothing.
        None => Vec::new(),
        Some(_) => lines(aws, task, seen).await.unwrap_or_default(),
    };
    Ended {
        task: task.to_owned(),
        exit_code,
        reason,
        lines,
    }
}

/// What the task wrote last, by its definition's own log settings; waits a while for the first line.
async fn lines(aws: &Aws, task: &str, seen: &Task) -> Option<Vec<String>> {
    let definition = seen.task_definition_arn()?;
    let call = aws.ecs.describe_task_definition();
    let answer = call.task_definition(definition).send().await.ok()?;
    let definition = answer.task_definition?;
    let container = main_of(definition.container_definitions())?;
    let logs = Logs::read(container);
    let stream = format!(
        "{}/{}/{}",
        logs.stream_prefix,
        container.name()?,
        task.rsplit('/').next()?
    );
    let began = Instant::now();
    loop {
        let call = aws
            .logs
            .get_log_events()
            .log_group_name(logs.group)
            .log_stream_name(&stream)
            .limit(LAST_LINES);
        // The stream may not be there yet.
        let events = match call.send().await {
            Ok(answer) => answer.events.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        if !events.is_empty() || began.elapsed() >= LOGS_WITHIN {
            let lines = events.into_iter().filter_map(|event| event.message);
            return Some(lines.map(|line| line.trim_end().to_owned()).collect());
        }
        sleep(Duration::from_millis(500)).await;
    }
}
