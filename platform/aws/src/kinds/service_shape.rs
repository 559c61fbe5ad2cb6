//! An ECS service as requests and answers carry it.

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, DeploymentCircuitBreaker,
    DeploymentConfiguration, LoadBalancer, NetworkConfiguration, Service as Wire,
};
use aws_smithy_types::error::operation::BuildError;
use bella_engine::cloud::{CloudError, Fault};

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
