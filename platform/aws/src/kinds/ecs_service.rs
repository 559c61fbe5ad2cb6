//! A service: tasks of ECS behind a load balancer, kept running and replaced in turn.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_ecs::types::{PropagateTags, Service as Wire, ServiceField};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Quantity, Running, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::at_once::{self, Read};
use super::when::timestamp;
use super::{ecs_cluster, ecs_role, ecs_tags, rollout, sample, service_shape};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// Tasks that ECS keeps running behind a load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EcsService {
    /// ARN of the cluster.
    pub cluster: String,
    /// ARN of the task definition's revision.
    pub task_definition: String,
    /// Tasks to keep running; null leaves the number alone (a new service starts with 0).
    #[serde(default)]
    pub desired_count: Option<u32>,
    /// `FARGATE` (the default) or `FARGATE_SPOT`; one of the cluster's.
    #[serde(default = "fargate")]
    pub capacity_provider: String,
    /// Subnets of the tasks.
    pub subnets: BTreeSet<String>,
    /// Security groups of the tasks.
    pub security_groups: BTreeSet<String>,
    /// Whether each task has a public address; without one it needs another way out.
    pub assign_public_ip: bool,
    /// ARN of the target group that the tasks join; it has to hang on a listener.
    pub target_group: String,
    /// Container, by its name in the task definition, that takes the requests.
    pub container_name: String,
    /// Port on which it takes them.
    pub container_port: i32,
    /// Healthy tasks during a rollout at the least, in percent of the desired; default 100.
    #[serde(default = "hundred")]
    pub minimum_healthy_percent: i32,
    /// Tasks during a rollout at the most, in percent of the desired; default 200.
    #[serde(default = "two_hundred")]
    pub maximum_percent: i32,
    /// Seconds for which a new task's failed health checks do not count; default 60.
    #[serde(default = "sixty")]
    pub health_check_grace_seconds: i32,
    /// Whether a rollout whose tasks keep failing is stopped and rolled back; default true.
    #[serde(default = "yes")]
    pub circuit_breaker: bool,
}

fn fargate() -> String {
    "FARGATE".to_owned()
}

pub(super) fn hundred() -> i32 {
    100
}

pub(super) fn two_hundred() -> i32 {
    200
}

fn sixty() -> i32 {
    60
}

fn yes() -> bool {
    true
}

/// DescribeServices takes so many.
const BATCH: usize = 10;
/// ListServices gives at most so many a page.
const PAGE: i32 = 100;

impl Resource for EcsService {
    type Cloud = Aws;
    const KIND: &'static str = "ecs_service";
    const SERVICE: &'static str = "ecs";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &["cluster"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 255,
        generations: false,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[
        "ecs:CreateService",
        "ecs:DeleteService",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:UpdateService",
        ecs_tags::ACTIONS[0],
        ecs_tags::ACTIONS[1],
        ecs_role::ACTION,
        "iam:PassRole",
    ];

    /// Its task definition, run so many hours. Where scaling owns the number of tasks, it is the
    /// figure `average_tasks`, 1 by default. A task with a public address pays for it.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let tasks = match self.desired_count {
            Some(count) => Decimal::from(count),
            None => assumptions.figure("average_tasks", Decimal::ONE),
        };
        let hours = tasks * assumptions.hours(Self::KIND);
        let address = self.assign_public_ip.then(|| {
            Quantity::new(
                "public IPv4 addresses",
                hours,
                "hour",
                "AmazonVPC",
                "PublicIPv4:InUseAddress",
            )
        });
        Usage::Running(Running {
            of: self.task_definition.clone(),
            hours,
            way: self.capacity_provider.clone(),
            beside: address.into_iter().collect(),
        })
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = match look.id() {
            Some(arn) => {
                let one = vec![arn.to_owned()];
                Arc::new(describe(&look.aws, cluster_of(arn)?, one).await?)
            }
            None => of_look(look).await?,
        };
        let waiting = look.focus().is_some();
        Ok(found
            .iter()
            .filter_map(|service| observe(look.stack(), service, waiting))
            .collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let call = aws
            .ecs
            .create_service()
            .client_token(&who.token)
            .cluster(&self.cluster)
            .service_name(&who.name)
            .task_definition(&self.task_definition)
            .desired_count(self.desired_count.unwrap_or(0).cast_signed())
            .capacity_provider_strategy(self.capacity()?)
            .network_configuration(self.network()?)
            .load_balancers(self.balancer())
            .health_check_grace_period_seconds(self.health_check_grace_seconds)
            .deployment_configuration(self.rollout())
            .propagate_tags(PropagateTags::Service)
            .enable_ecs_managed_tags(true)
            .set_tags(Some(ecs_tags::wire(&who.tags)));
        match call.send().await.map_err(refused) {
            Ok(answer) => {
                let arn = answer.service.and_then(|made| made.service_arn);
                Ok(Made::unseen(arn.unwrap_or_default()))
            }
            Err(error) => Err(ecs_role::made_for(aws, error).await),
        }
    }

    async fn update(&self, aws: &Aws, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let arn = who.id()?;
        let mut call = aws
            .ecs
            .update_service()
            .cluster(cluster_of(arn)?)
            .service(arn);
        if self.task_definition != from.task_definition {
            call = call.task_definition(&self.task_definition);
        }
        if let Some(count) = self
            .desired_count
            .filter(|_| self.desired_count != from.desired_count)
        {
            call = call.desired_count(count.cast_signed());
        }
        if self.capacity_provider != from.capacity_provider {
            // AWS takes another strategy only together with a new deployment.
            call = call
                .capacity_provider_strategy(self.capacity()?)
                .force_new_deployment(true);
        }
        if self.network()? != from.network()? {
            call = call.network_configuration(self.network()?);
        }
        if self.balancer() != from.balancer() {
            call = call.load_balancers(self.balancer());
        }
        if self.health_check_grace_seconds != from.health_check_grace_seconds {
            call = call.health_check_grace_period_seconds(self.health_check_grace_seconds);
        }
        if self.rollout() != from.rollout() {
            call = call.deployment_configuration(self.rollout());
        }
        call.send().await.map_err(refused)?;
        Ok(())
    }

    /// Its tasks' network interfaces go minutes later (aws-behaviours row 15); until then their
    /// security groups and subnets answer `DependencyViolation`, which their own deletes wait out.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let arn = who.id()?;
        let call = aws
            .ecs
            .update_service()
            .cluster(cluster_of(arn)?)
            .service(arn);
        call.desired_count(0).send().await.map_err(refused)?;
        let call = aws
            .ecs
            .delete_service()
            .cluster(cluster_of(arn)?)
            .service(arn);
        call.force(true).send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        ecs_tags::set(aws, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.id"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![service_shape::terraform(self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: sample::service_parents(),
            properties: sample::service(),
            // `container_name` and `container_port` have to be those of the task definition, whose
            // one container has one port: they only change together with it.
            changes: changes(),
        }
    }
}

fn changes() -> Vec<(&'static str, Value)> {
    vec![
        ("task_definition", json!("${task_definition.other.arn}")),
        ("capacity_provider", json!("FARGATE_SPOT")),
        ("subnets", json!(sample::OTHER_TWO_SUBNETS)),
        ("security_groups", json!(["${security_group.other.id}"])),
        ("assign_public_ip", json!(true)),
        ("target_group", json!("${listener.other.target_group}")),
        ("minimum_healthy_percent", json!(50)),
        ("maximum_percent", json!(150)),
        ("health_check_grace_seconds", json!(120)),
        ("circuit_breaker", json!(false)),
        ("desired_count", json!(1)),
    ]
}

/// The cluster that a service's ARN names: `…:service/<cluster>/<service>`.
fn cluster_of(arn: &str) -> Result<&str, CloudError> {
    let mut parts = arn.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(cluster), Some(_)) => Ok(cluster),
        _ => {
            let message = format!(
                "{arn} names no cluster: the account still uses short ARNs for ECS services; turn on the account setting serviceLongArnFormat"
            );
            Err(CloudError::new(
                Fault::Rejected,
                "ecs",
                "DescribeServices",
                message,
            ))
        }
    }
}

/// The services of the stack's clusters, of whoever's making; read once a look.
pub(super) async fn of_look(look: &Look) -> Result<Arc<Vec<Wire>>, CloudError> {
    look.once("ecs_services", async {
        let clusters = ecs_cluster::of_look(look).await?;
        let reads = clusters.iter().filter_map(|(cluster, _)| {
            let (aws, arn) = (look.aws.clone(), cluster.cluster_arn.clone()?);
            let read: Read<_> = Box::pin(async move { in_cluster(&aws, &arn).await });
            Some(read)
        });
        let found = at_once::all(reads.collect()).await?;
        Ok(found.into_iter().flatten().collect())
    })
    .await
}

/// What scaling calls a service of the stack, `service/<cluster>/<service>`; `None` for one that is
/// somebody else's or that no longer exists (row 39).
pub(super) fn scaled_as(stack: &str, service: &Wire) -> Option<String> {
    owned(stack, &ecs_tags::read(service.tags()))?;
    let cluster = service.cluster_arn()?.rsplit('/').next()?;
    let exists = service.status() != Some("INACTIVE");
    exists.then(|| {
        format!(
            "service/{cluster}/{}",
            service.service_name().unwrap_or_default()
        )
    })
}

/// Whether a service is there and the stack's.
pub(super) async fn is_ours(look: &Look, cluster: &str, service: &str) -> Result<bool, CloudError> {
    match describe(&look.aws, cluster, vec![service.to_owned()]).await {
        Ok(found) => Ok(found
            .iter()
            .any(|service| scaled_as(look.stack(), service).is_some())),
        Err(error) if error.fault == Fault::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

async fn in_cluster(aws: &Aws, cluster: &str) -> Result<Vec<Wire>, CloudError> {
    let call = aws.ecs.list_services().cluster(cluster).max_results(PAGE);
    let mut pages = call.into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(refused) {
            Ok(page) => arns.extend(page.service_arns.unwrap_or_default()),
            Err(error) if error.fault == Fault::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
    let mut all = Vec::new();
    for batch in arns.chunks(BATCH) {
        all.extend(describe(aws, cluster, batch.to_vec()).await?);
    }
    Ok(all)
}

/// A service that is not there is only missing from the answer (row 39).
async fn describe(
    aws: &Aws,
    cluster: &str,
    services: Vec<String>,
) -> Result<Vec<Wire>, CloudError> {
    let call = aws
        .ecs
        .describe_services()
        .cluster(cluster)
        .set_services(Some(services));
    let answer = call
        .include(ServiceField::Tags)
        .send()
        .await
        .map_err(refused);
    Ok(answer?.services.unwrap_or_default())
}

fn observe(stack: &str, service: &Wire, waiting: bool) -> Option<Observed<EcsService>> {
    let tags = ecs_tags::read(service.tags());
    let arn = service.service_arn()?;
    let outputs = [
        ("arn", arn),
        ("name", service.service_name().unwrap_or_default()),
    ];
    Some(Observed {
        id: arn.to_owned(),
        address: Some(owned(stack, &tags)?),
        props: Some(service_shape::read(service)),
        outputs: outputs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        tags,
        phase: rollout::phase(service, waiting)?,
        created: timestamp(service.created_at()),
        protected: None,
    })
}
