//! Tags as CloudWatch takes and gives them; shared by alarms and dashboards.

use std::collections::HashMap;

use aws_sdk_cloudwatch::types::Tag;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Identity, Tags};

use super::at_once::{self, Read};
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// Permissions of [`set`], [`of`], and of tags in a create call.
pub(super) const ACTIONS: [&str; 4] = [
    "cloudwatch:ListTagsForResource",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
    "tag:GetResources",
];

/// Tags for a create call.
pub(super) fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// The tags of each of `arns`: from the tagging service, and where that knows nothing of an object
/// by a call for it. For the one object that is waited on always by a call: it answers at once.
/// One that has gone meanwhile has none.
pub(super) async fn of(
    look: &Look,
    arns: Vec<String>,
) -> Result<HashMap<String, Tags>, CloudError> {
    let mut tags = HashMap::new();
    let mut unknown = Vec::new();
    if look.focus().is_some() || arns.is_empty() {
        unknown = arns;
    } else {
        let tagged = look.tagged().await?;
        for arn in arns {
            match tagged.get(&arn) {
                Some(known) => {
                    tags.insert(arn, known.clone());
                }
                None => unknown.push(arn),
            }
        }
    }
    let reads = unknown.into_iter().map(|arn| {
        let aws = look.aws.clone();
        let read: Read<_> = Box::pin(async move { Ok((listed(&aws, &arn).await?, arn)) });
        read
    });
    for (found, arn) in at_once::all(reads.collect()).await? {
        tags.extend(found.map(|found| (arn, found)));
    }
    Ok(tags)
}

async fn listed(aws: &Aws, arn: &str) -> Result<Option<Tags>, CloudError> {
    let call = aws.cloudwatch.list_tags_for_resource().resource_arn(arn);
    match call.send().await.map_err(refused) {
        Ok(answer) => {
            let tags = answer.tags().iter();
            let pairs =
                tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
            Ok(Some(pairs.collect()))
        }
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sets `who.tags` on the object of that ARN and removes `gone`.
pub(super) async fn set(
    aws: &Aws,
    arn: &str,
    who: &Identity,
    gone: &[String],
) -> Result<(), CloudError> {
    let call = aws.cloudwatch.tag_resource().resource_arn(arn);
    call.set_tags(Some(wire(&who.tags)))
        .send()
        .await
        .map_err(refused)?;
    if !gone.is_empty() {
        let call = aws.cloudwatch.untag_resource().resource_arn(arn);
        call.set_tag_keys(Some(gone.to_vec()))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(())
}
