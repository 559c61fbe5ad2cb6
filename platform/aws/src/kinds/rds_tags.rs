//! Tags as RDS takes and gives them; shared by its kinds.

use aws_sdk_rds::types::Tag;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Identity, Tags};

use super::at_once::Read;
use crate::clients::Aws;
use crate::error::refused;

/// Permissions of [`set`].
pub(super) const ACTIONS: [&str; 2] = ["rds:AddTagsToResource", "rds:RemoveTagsFromResource"];

/// Tags for a create call.
pub(super) fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Tags of an answer.
pub(super) fn read(tags: &[Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        })
        .collect()
}

/// The tags of `arn`; `None` when it has gone.
pub(super) fn ask(aws: Aws, arn: String) -> Read<Option<Tags>> {
    Box::pin(async move {
        let call = aws.rds.list_tags_for_resource().resource_name(arn);
        match call.send().await.map_err(refused) {
            Ok(answer) => Ok(Some(read(answer.tag_list()))),
            Err(error) if error.fault == Fault::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// Sets `who.tags` and removes `gone`. The id of `who` is an ARN.
pub(super) async fn set(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
    let arn = who.id()?;
    let call = aws.rds.add_tags_to_resource().resource_name(arn);
    call.set_tags(Some(wire(&who.tags)))
        .send()
        .await
        .map_err(refused)?;
    if !gone.is_empty() {
        let call = aws.rds.remove_tags_from_resource().resource_name(arn);
        call.set_tag_keys(Some(gone.to_vec()))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(())
}
