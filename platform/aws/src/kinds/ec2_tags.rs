//! Tags as EC2 takes and gives them; shared by every EC2 kind.

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::{Identity, Tags};

use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// Permissions of [`set`].
pub(super) const ACTIONS: [&str; 2] = ["ec2:CreateTags", "ec2:DeleteTags"];

/// Tags for a create call.
pub(super) fn on_create(what: ResourceType, who: &Identity) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(what)
        .set_tags(Some(wire(&who.tags)))
        .build()
}

fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Tags of a describe call's answer.
pub(super) fn read(tags: Option<&[Tag]>) -> Tags {
    tags.unwrap_or_default()
        .iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
        .collect()
}

/// The filter that finds the look's objects: by id when one is waited on, else by stack.
/// `id_filter` is the kind's own name for the id, for example `vpc-id`. A filter answers an
/// unknown id with an empty list, where the id argument of a describe call would fail.
pub(super) fn scope(look: &Look, id_filter: &str) -> Filter {
    match look.id() {
        Some(id) => Filter::builder().name(id_filter).values(id).build(),
        None => Filter::builder()
            .name(format!("tag:{STACK_TAG}"))
            .values(look.stack())
            .build(),
    }
}

/// Sets `who.tags` and removes `gone`.
pub(super) async fn set(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
    let id = who.id()?;
    let call = aws.ec2.create_tags().resources(id);
    call.set_tags(Some(wire(&who.tags)))
        .send()
        .await
        .map_err(refused)?;
    if gone.is_empty() {
        return Ok(());
    }
    let keys = gone.iter().map(|key| Tag::builder().key(key).build());
    let call = aws.ec2.delete_tags().resources(id);
    call.set_tags(Some(keys.collect()))
        .send()
        .await
        .map_err(refused)?;
    Ok(())
}
