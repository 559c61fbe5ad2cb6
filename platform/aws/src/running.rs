//! Which image a service runs: what the cloud says, since nothing else keeps it.

use aws_sdk_ecs::types::ContainerDefinition;
use bella_engine::address::Address;
use bella_engine::cloud::CloudError;
use bella_engine::live::Live;
use serde_json::Value;

use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::main_of;

/// The image of the revision that the ECS service at `service` is set to run, as its task definition
/// names it; `None` where there is no such service.
///
/// The newest revision is not asked: one that failed to roll out may be newer.
///
/// # Errors
/// AWS refuses to describe the revision.
pub async fn image(
    aws: &Aws,
    live: &Live,
    service: &Address,
) -> Result<Option<String>, CloudError> {
    let definition = live
        .objects
        .iter()
        .find(|object| object.address == *service)
        .and_then(|object| object.props.as_ref()?["task_definition"].as_str());
    let Some(definition) = definition else {
        return Ok(None);
    };
    let listed = live
        .objects
        .iter()
        .find(|object| object.id == definition)
        .and_then(|object| object.props.as_ref()?.pointer("/container/image"))
        .and_then(Value::as_str);
    match listed {
        Some(image) => Ok(Some(image.to_owned())),
        None => of_revision(aws, definition).await,
    }
}

/// The image of a revision's container.
///
/// # Errors
/// AWS refuses to describe the revision.
pub async fn of_revision(aws: &Aws, arn: &str) -> Result<Option<String>, CloudError> {
    let container = container(aws, arn).await?;
    Ok(container.and_then(|container| container.image))
}

async fn container(aws: &Aws, arn: &str) -> Result<Option<ContainerDefinition>, CloudError> {
    let call = aws.ecs.describe_task_definition().task_definition(arn);
    let answer = call.send().await.map_err(refused)?;
    let containers = answer
        .task_definition
        .and_then(|it| it.container_definitions);
    Ok(main_of(&containers.unwrap_or_default()).cloned())
}

/// Plain ones and those from secrets, sorted.
fn variables(container: &ContainerDefinition) -> Vec<String> {
    let plain = container.environment().iter();
    let plain = plain.filter_map(|pair| pair.name().map(str::to_owned));
    let secret = container.secrets().iter();
    let secret = secret.map(|secret| secret.name().to_owned());
    let mut names: Vec<String> = plain.chain(secret).collect();
    names.sort();
    names
}

/// A revision that can run again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number in its family.
    pub number: u32,
    /// Its ARN.
    pub arn: String,
    /// The image of its container.
    pub image: String,
    /// The names of the variables that its container is started with, sorted.
    pub variables: Vec<String>,
}

/// The active revisions of a definition with their images, newest first.
///
/// # Errors
/// AWS refuses to describe one.
pub async fn revisions(
    aws: &Aws,
    live: &Live,
    definition: &Address,
) -> Result<Vec<Revision>, CloudError> {
    let mut found = Vec::new();
    let of = live
        .objects
        .iter()
        .filter(|object| object.address == *definition);
    for object in of {
        let number = object.id.rsplit(':').next().and_then(|it| it.parse().ok());
        let container = container(aws, &object.id).await?;
        let image = container.as_ref().and_then(ContainerDefinition::image);
        if let (Some(number), Some(container), Some(image)) = (number, &container, image) {
            found.push(Revision {
                number,
                arn: object.id.clone(),
                image: image.to_owned(),
                variables: variables(container),
            });
        }
    }
    found.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    Ok(found)
}
