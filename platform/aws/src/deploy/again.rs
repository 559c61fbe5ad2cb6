//! A revision like one that is there, so that tasks are started that read their secrets anew.

use aws_sdk_ecs::types::TaskDefinitionField;
use bella_engine::cloud::{CloudError, Fault};

use crate::clients::Aws;
use crate::error::refused;

/// Registers what a revision says once more, tags and all; answers the new revision's ARN.
///
/// A service that is only told to start its tasks anew has the same revision before and after: nothing would tell tasks that read
/// the old values from those that read the new ones.
///
/// # Errors
/// The revision is not there, or AWS refuses.
pub async fn register_again(aws: &Aws, revision: &str) -> Result<String, CloudError> {
    let call = aws.ecs.describe_task_definition();
    let call = call
        .task_definition(revision)
        .include(TaskDefinitionField::Tags);
    let answer = call.send().await.map_err(refused)?;
    let tags = answer.tags;
    let there = answer.task_definition.ok_or_else(|| {
        let message = format!("{revision} is not there");
        CloudError::new(Fault::NotFound, "ecs", "DescribeTaskDefinition", message)
    })?;
    let call = aws
        .ecs
        .register_task_definition()
        .set_family(there.family)
        .set_requires_compatibilities(there.requires_compatibilities)
        .set_network_mode(there.network_mode)
        .set_cpu(there.cpu)
        .set_memory(there.memory)
        .set_runtime_platform(there.runtime_platform)
        .set_execution_role_arn(there.execution_role_arn)
        .set_task_role_arn(there.task_role_arn)
        .set_container_definitions(there.container_definitions)
        .set_tags(tags);
    let made = call.send().await.map_err(refused)?.task_definition;
    Ok(made
        .and_then(|made| made.task_definition_arn)
        .unwrap_or_default())
}
