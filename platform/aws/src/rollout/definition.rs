//! What a revision says, and the target group that its tasks join.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::Service;
use bella_engine::cloud::{CloudError, Fault};

use super::evidence::Definition;
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::{Logs, main_of};

/// Reads a revision; `service` says where the load balancer asks.
///
/// # Errors
/// A refused call.
pub(super) async fn read(
    aws: &Aws,
    arn: &str,
    service: &Service,
) -> Result<Definition, CloudError> {
    let call = aws.ecs.describe_task_definition().task_definition(arn);
    let answer = call.send().await.map_err(refused)?.task_definition;
    let Some(revision) = answer else {
        let message = format!("there is no revision {arn}");
        return Err(CloudError::new(
            Fault::NotFound,
            "ecs",
            "DescribeTaskDefinition",
            message,
        ));
    };
    let mut definition = Definition {
        arn: arn.to_owned(),
        memory: revision
            .memory()
            .and_then(|it| it.parse().ok())
            .unwrap_or(0),
        architecture: revision
            .runtime_platform()
            .and_then(|platform| platform.cpu_architecture())
            .map_or_else(|| "X86_64".to_owned(), |it| it.as_str().to_owned()),
        grace_seconds: service
            .health_check_grace_period_seconds()
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(0),
        ..Definition::default()
    };
    if let Some(container) = main_of(revision.container_definitions()) {
        definition.image = container.image().unwrap_or_default().to_owned();
        definition.container = container.name().unwrap_or_default().to_owned();
        let port = container
            .port_mappings()
            .first()
            .and_then(|it| it.container_port());
        definition.port = port.and_then(|it| u16::try_from(it).ok()).unwrap_or(0);
        let given = container.environment().iter();
        let given: BTreeMap<&str, &str> = given
            .filter_map(|one| Some((one.name()?, one.value()?)))
            .collect();
        definition.database = given.get("DATABASE_HOST").map(|&host| host.to_owned());
        definition.variables = given
            .keys()
            .map(|&name| name.to_owned())
            .collect::<BTreeSet<_>>();
        let secrets = container.secrets().iter();
        definition.secrets = secrets
            .map(|one| (one.name().to_owned(), one.value_from().to_owned()))
            .collect();
        let logs = Logs::read(container);
        definition.log_group = logs.group.to_owned();
        definition.log_prefix = logs.stream_prefix.to_owned();
    }
    check(aws, service, &mut definition).await?;
    Ok(definition)
}

async fn check(
    aws: &Aws,
    service: &Service,
    definition: &mut Definition,
) -> Result<(), CloudError> {
    let group = service
        .load_balancers()
        .iter()
        .find_map(|balancer| balancer.target_group_arn());
    let Some(group) = group else {
        return Ok(());
    };
    let call = aws.elb.describe_target_groups().target_group_arns(group);
    let answer = call.send().await.map_err(refused)?;
    let group = answer.target_groups.unwrap_or_default().into_iter().next();
    if let Some(group) = group {
        definition.health_path = group.health_check_path().unwrap_or_default().to_owned();
        let codes = group.matcher().and_then(|matcher| matcher.http_code());
        definition.healthy_codes = codes.unwrap_or_default().to_owned();
    }
    Ok(())
}
