//! Tags as ECS takes and gives them; shared by its kinds.

use aws_sdk_ecs::types::Tag;
use bella_engine::cloud::CloudError;
use bella_engine::resource::{Identity, Tags};

use crate::clients::Aws;
use crate::error::refused;

/// Permissions of [`set`], and of tags in a create call.
pub(super) const ACTIONS: [&str; 2] = ["ecs:TagResource", "ecs:UntagResource"];

/// Tags for a create call.
pub(crate) fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Tags of a describe call's answer.
pub(crate) fn read(tags: &[Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
        .collect()
}

/// Sets `who.tags` and removes `gone`; the id of every ECS kind is an ARN.
pub(super) async fn set(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
    let call = aws.ecs.tag_resource().resource_arn(who.id()?);
    call.set_tags(Some(wire(&who.tags)))
        .send()
        .await
        .map_err(refused)?;
    if !gone.is_empty() {
        let call = aws.ecs.untag_resource().resource_arn(who.id()?);
        call.set_tag_keys(Some(gone.to_vec()))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(())
}
