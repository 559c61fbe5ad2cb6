//! An ECS service as requests and answers carry it.

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, DeploymentCircuitBreaker,
    DeploymentConfiguration, LoadBalancer, NetworkConfiguration, Service as Wire,
};
use aws_smithy_types::error::operation::BuildError;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};

use super::EcsService;
use super::ecs_service::{hundred, two_hundred};

impl EcsService {
    pub(super) fn capacity(&self) -> Result<CapacityProviderStrategyItem, CloudError> {
        let item = CapacityProviderStrategyItem::builder();
        let item = item
            .capacity_provider(&self.capacity_provider)
            .weight(1)
            .base(0);
        item.build().map_err(incomplete)
    }

    pub(super) fn network(&self) -> Result<NetworkConfiguration, CloudError> {
        let public = match self.assign_public_ip {
            true => AssignPublicIp::Enabled,
            false => AssignPublicIp::Disabled,
        };
        let network = AwsVpcConfiguration::builder()
            .set_subnets(Some(self.subnets.iter().cloned().collect()))
            .set_security_groups(Some(self.security_groups.iter().cloned().collect()))
            .assign_public_ip(public)
            .build()
            .map_err(incomplete)?;
        Ok(NetworkConfiguration::builder()
            .awsvpc_configuration(network)
            .build())
    }

    pub(super) fn balancer(&self) -> LoadBalancer {
        LoadBalancer::builder()
            .target_group_arn(&self.target_group)
            .container_name(&self.container_name)
            .container_port(self.container_port)
            .build()
    }

    pub(super) fn rollout(&self) -> DeploymentConfiguration {
        let breaker = DeploymentCircuitBreaker::builder()
            .enable(self.circuit_breaker)
            .rollback(self.circuit_breaker)
            .build();
        DeploymentConfiguration::builder()
            .minimum_healthy_percent(self.minimum_healthy_percent)
            .maximum_percent(self.maximum_percent)
            .deployment_circuit_breaker(breaker)
            .build()
    }
}

fn incomplete(error: BuildError) -> CloudError {
    CloudError::new(Fault::Rejected, "ecs", "CreateService", error.to_string())
}

/// As Terraform writes it. A number of tasks that is left alone here is left alone there.
pub(super) fn terraform(service: &EcsService, exported: &Exported<'_>) -> Block {
    let capacity = Body::new()
        .set("capacity_provider", service.capacity_provider.as_str())
        .set("weight", 1)
        .set("base", 0);
    let network = Body::new()
        .list("subnets", service.subnets.iter().cloned())
        .list("security_groups", service.security_groups.iter().cloned())
        .set("assign_public_ip", service.assign_public_ip);
    let balancer = Body::new()
        .set("target_group_arn", service.target_group.as_str())
        .set("container_name", service.container_name.as_str())
        .set("container_port", service.container_port);
    let breaker = Body::new()
        .set("enable", service.circuit_breaker)
        .set("rollback", service.circuit_breaker);
    let live = exported.live["desired_count"].as_u64();
    let body = Body::new()
        .set("name", exported.output("name"))
        .set("cluster", service.cluster.as_str())
        .set("task_definition", revision(&service.task_definition))
        .set(
            "desired_count",
            service.desired_count.map(u64::from).or(live),
        )
        .set(
            "deployment_minimum_healthy_percent",
            service.minimum_healthy_percent,
        )
        .set("deployment_maximum_percent", service.maximum_percent)
        .set(
            "health_check_grace_period_seconds",
            service.health_check_grace_seconds,
        )
        .set("enable_ecs_managed_tags", true)
        .set("propagate_tags", "SERVICE")
        .block("capacity_provider_strategy", capacity)
        .block("network_configuration", network)
        .block("load_balancer", balancer)
        .block("deployment_circuit_breaker", breaker);
    let body = match service.desired_count {
        None => body.ignore_changes(
            "The number is scaling's; an import does not read the others.",
            &[
                "desired_count",
                "availability_zone_rebalancing",
                "wait_for_steady_state",
            ],
        ),
        Some(_) => body.ignore_changes(
            "An import does not read these; take a name out to set it.",
            &["availability_zone_rebalancing", "wait_for_steady_state"],
        ),
    };
    let cluster = exported
        .text("cluster")
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let import = format!("{cluster}/{}", exported.output("name"));
    Block::new("aws_ecs_service", import, body.tags(exported.tags))
}

/// A revision as the provider reads it back: `family:number`, also where it is given an ARN.
fn revision(arn: &str) -> String {
    match arn.strip_suffix(".arn}") {
        Some(task) => format!("{task}.family}}:{task}.revision}}"),
        None => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
    }
}

/// The properties that an answer shows.
pub(super) fn read(service: &Wire) -> EcsService {
    let network = service.network_configuration();
    let network = network.and_then(|network| network.awsvpc_configuration());
    let set = |items: &[String]| items.iter().cloned().collect();
    let balancer = service.load_balancers().first();
    let rollout = service.deployment_configuration();
    let breaker = rollout.and_then(|rollout| rollout.deployment_circuit_breaker());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let capacity = service.capacity_provider_strategy().first();
    EcsService {
        cluster: text(service.cluster_arn()),
        task_definition: text(service.task_definition()),
        desired_count: Some(service.desired_count().cast_unsigned()),
        capacity_provider: match (capacity, service.launch_type()) {
            (Some(item), _) => item.capacity_provider().to_owned(),
            (None, launch) => text(launch.map(|launch| launch.as_str())),
        },
        subnets: network
            .map(|network| set(network.subnets()))
            .unwrap_or_default(),
        security_groups: network
            .map(|network| set(network.security_groups()))
            .unwrap_or_default(),
        assign_public_ip: network.and_then(|network| network.assign_public_ip())
            == Some(&AssignPublicIp::Enabled),
        target_group: text(balancer.and_then(LoadBalancer::target_group_arn)),
        container_name: text(balancer.and_then(LoadBalancer::container_name)),
        container_port: balancer
            .and_then(LoadBalancer::container_port)
            .unwrap_or_default(),
        minimum_healthy_percent: rollout
            .and_then(|rollout| rollout.minimum_healthy_percent())
            .unwrap_or_else(hundred),
        maximum_percent: rollout
            .and_then(|rollout| rollout.maximum_percent())
            .unwrap_or_else(two_hundred),
        health_check_grace_seconds: service
            .health_check_grace_period_seconds()
            .unwrap_or_default(),
        circuit_breaker: breaker.is_some_and(|breaker| breaker.enable() && breaker.rollback()),
    }
}
