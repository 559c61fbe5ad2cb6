//! Evidence and views, read from AWS.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{DesiredStatus, Service, StopServiceDeploymentStopType};
use bella_engine::cloud::{CloudError, Fault};
use jiff::{Timestamp, ToSpan};
use tokio::sync::OnceCell;

use super::evidence::{Definition, Event, Evidence, Target, Task};
use super::own::{Deployment, Fleet, Revision, Rollout, View};
use super::{definition, history, tasks};
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// What the caller's clock may be ahead of AWS's.
const SKEW_SECONDS: i64 = 60;
/// Events that are looked at; AWS keeps 100.
const EVENTS: usize = 30;

/// Reads one deployment again and again.
#[derive(Debug)]
pub(crate) struct Reader {
    aws: Aws,
    definition: OnceCell<Definition>,
    rollout: OnceCell<String>,
    since: Timestamp,
}

impl Reader {
    pub(crate) fn new(aws: Aws, ours: Deployment) -> Self {
        Self {
            aws,
            definition: OnceCell::new(),
            rollout: OnceCell::new(),
            since: ours.since - SKEW_SECONDS.seconds(),
        }
    }

    async fn rollout(&self, ours: &Deployment) -> Result<Option<Rollout>, CloudError> {
        if let Some(arn) = self.rollout.get() {
            return history::one(&self.aws, arn).await;
        }
        let all = history::since(&self.aws, &ours.cluster, &ours.service, Some(self.since)).await?;
        let found = all
            .into_iter()
            .find(|rollout| rollout.task_definition == ours.task_definition);
        if let Some(found) = &found {
            // Whoever found it first; it stays the same.
            let _known = self.rollout.set(found.arn.clone());
        }
        Ok(found)
    }
}

impl Fleet for Reader {
    async fn view(&self, ours: &Deployment) -> Result<View, CloudError> {
        let service = service(&self.aws, &ours.cluster, &ours.service).await?;
        let rollout = self.rollout(ours).await?;
        let of = definition::read(&self.aws, &ours.task_definition, &service);
        let definition = self.definition.get_or_try_init(|| of).await?;
        let began = rollout.as_ref().and_then(|rollout| rollout.created);
        let since = began.unwrap_or(self.since);
        let mut view = view(&self.aws, &service, definition.clone(), since).await?;
        add_reason(&mut view, rollout.as_ref());
        view.rollout = rollout;
        Ok(view)
    }

    async fn stop(&self, rollout: &str) -> Result<(), CloudError> {
        let call = self
            .aws
            .ecs
            .stop_service_deployment()
            .service_deployment_arn(rollout)
            .stop_type(StopServiceDeploymentStopType::Rollback);
        call.send().await.map_err(refused)?;
        Ok(())
    }
}

/// Takes the reason that a deployment ended for as what it is: an event. ECS gives up on an image that
/// is nowhere after one task, so that no second one says so.
pub(super) fn add_reason(view: &mut View, rollout: Option<&Rollout>) {
    let said = rollout.and_then(|rollout| {
        Some(Event {
            id: rollout.arn.clone(),
            at: rollout.finished.or(rollout.created)?,
            text: rollout.reason.clone()?,
        })
    });
    view.evidence.events.splice(..0, said);
}

/// A service as ECS describes it.
///
/// # Errors
/// A refused call, or a service that is not there.
pub(super) async fn service(
    aws: &Aws,
    cluster: &str,
    service: &str,
) -> Result<Service, CloudError> {
    let call = aws
        .ecs
        .describe_services()
        .cluster(cluster)
        .services(service);
    let answer = call.send().await.map_err(refused)?;
    let found = answer.services.unwrap_or_default().into_iter().next();
    found.ok_or_else(|| {
        let message = format!("the cluster {cluster} has no service {service}");
        CloudError::new(Fault::NotFound, "ecs", "DescribeServices", message)
    })
}

/// A view of a service, with the evidence of one revision since a moment.
pub(super) async fn view(
    aws: &Aws,
    service: &Service,
    definition: Definition,
    since: Timestamp,
) -> Result<View, CloudError> {
    let (cluster, name) = (
        service.cluster_arn().unwrap_or_default(),
        service.service_name().unwrap_or_default(),
    );
    let running = tasks::listed(aws, cluster, name, DesiredStatus::Running).await?;
    let stopped = tasks::listed(aws, cluster, name, DesiredStatus::Stopped).await?;
    let targets = targets(aws, service).await?;
    let healthy = healthy(&running, &targets);
    let ours = stopped
        .into_iter()
        .filter(|task| {
            task.created_at()
                .is_none_or(|_| timestamp(task.created_at()) >= Some(since))
        })
        .chain(running)
        .filter(|task| task.task_definition_arn() == Some(&definition.arn));
    let tasks = tasks::with_logs(aws, ours.collect(), &definition).await?;
    let targets = targets.into_iter().filter(|target| is_of(target, &tasks));
    let newest = events(service).next();
    Ok(View {
        rollout: None,
        revisions: revisions(service, &healthy),
        balanced: !service.load_balancers().is_empty(),
        newest,
        evidence: Evidence {
            events: events(service)
                .filter(|event| event.at >= since)
                .take(EVENTS)
                .collect(),
            targets: targets.collect(),
            definition,
            tasks,
        },
    })
}

fn is_of(target: &Target, tasks: &[Task]) -> bool {
    tasks
        .iter()
        .any(|task| task.address.as_deref() == Some(&target.address))
}

fn events(service: &Service) -> impl Iterator<Item = Event> + '_ {
    service.events().iter().filter_map(|event| {
        Some(Event {
            id: event.id()?.to_owned(),
            at: timestamp(event.created_at())?,
            text: event.message()?.to_owned(),
        })
    })
}

/// Healthy tasks by revision.
fn healthy(running: &[aws_sdk_ecs::types::Task], targets: &[Target]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for task in running {
        let address = tasks::address(task);
        let is_healthy = targets
            .iter()
            .any(|target| target.state == "healthy" && Some(&target.address) == address.as_ref());
        if let Some(arn) = task.task_definition_arn().filter(|_| is_healthy) {
            *counts.entry(arn.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Those of deployments that have tasks or are to have some, that which the service is set to run first.
fn revisions(service: &Service, healthy: &BTreeMap<String, u32>) -> Vec<Revision> {
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let mut all: Vec<Revision> = Vec::new();
    for one in service.deployments() {
        let arn = one.task_definition().unwrap_or_default();
        let primary = one.status() == Some("PRIMARY");
        let state = one.rollout_state().map(|state| state.as_str());
        let complete = state == Some("COMPLETED");
        let (running, pending) = (count(one.running_count()), count(one.pending_count()));
        let desired = if primary {
            count(service.desired_count())
        } else {
            count(one.desired_count())
        };
        if !primary && running == 0 && pending == 0 {
            continue;
        }
        // Two deployments of one revision are one row.
        if let Some(known) = all.iter_mut().find(|known| known.task_definition == arn) {
            known.running += running;
            known.pending += pending;
            known.desired = known.desired.max(desired);
            known.complete |= primary && complete;
            known.primary |= primary;
            continue;
        }
        all.push(Revision {
            task_definition: arn.to_owned(),
            primary,
            complete: primary && complete,
            desired,
            running,
            pending,
            healthy: healthy.get(arn).copied().unwrap_or(0),
        });
    }
    all.sort_by_key(|revision| !revision.primary);
    all
}

async fn targets(aws: &Aws, service: &Service) -> Result<Vec<Target>, CloudError> {
    let mut all = Vec::new();
    let groups = service.load_balancers().iter();
    for group in groups.filter_map(|balancer| balancer.target_group_arn()) {
        let call = aws.elb.describe_target_health().target_group_arn(group);
        let answer = match call.send().await.map_err(refused) {
            Err(error) if error.fault == Fault::NotFound => continue,
            answer => answer?,
        };
        for one in answer.target_health_descriptions.unwrap_or_default() {
            let (Some(target), Some(health)) = (one.target(), one.target_health()) else {
                continue;
            };
            all.push(Target {
                address: target.id().unwrap_or_default().to_owned(),
                port: target
                    .port()
                    .and_then(|port| u16::try_from(port).ok())
                    .unwrap_or(0),
                state: health
                    .state()
                    .map(|it| it.as_str().to_owned())
                    .unwrap_or_default(),
                reason: health.reason().map(|it| it.as_str().to_owned()),
                description: health.description().map(str::to_owned),
                seen: Timestamp::now(),
            });
        }
    }
    Ok(all)
}
