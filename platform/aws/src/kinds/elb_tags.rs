//! Tags as Elastic Load Balancing takes and gives them; shared by its kinds.

use std::collections::HashMap;

use aws_sdk_elasticloadbalancingv2::types::{Tag, TagDescription};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::{Identity, Tags};

use super::at_once::{self, Read};
use super::tag_lookup;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// Permissions of [`set`] and [`of`].
pub(super) const ACTIONS: [&str; 4] = [
    "elasticloadbalancing:AddTags",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:RemoveTags",
    tag_lookup::ACTION,
];

/// DescribeTags takes so many ARNs.
const BATCH: usize = 20;

/// Tags for a create call.
pub(super) fn wire(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// The tags of those of `arns` that may be the stack's: from the tagging service, which knows all
/// kinds by one call, and by a call for those that have the stack's name and are not known there
/// yet. For what is waited on always by a call. An object that has gone meanwhile has none.
pub(super) async fn of(
    look: &Look,
    arns: Vec<String>,
) -> Result<HashMap<String, Tags>, CloudError> {
    if look.focus().is_some() || arns.is_empty() {
        return asked(&look.aws, arns).await;
    }
    let tagged = look.tagged().await?;
    let lead = tag_lookup::name_start(look);
    let (known, unknown): (Vec<String>, Vec<String>) =
        arns.into_iter().partition(|arn| tagged.contains_key(arn));
    let named = |arn: &String| arn.split('/').any(|part| part.starts_with(&lead));
    let mut tags = asked(&look.aws, unknown.into_iter().filter(named).collect()).await?;
    tags.extend(
        known
            .into_iter()
            .map(|arn| (arn.clone(), tagged[&arn].clone())),
    );
    Ok(tags)
}

/// Whether an object carries all of these tags; `false` for one that has gone.
pub(super) async fn are(aws: &Aws, arn: &str, wanted: &Tags) -> Result<bool, CloudError> {
    let tags = asked(aws, vec![arn.to_owned()]).await?;
    let Some(tags) = tags.get(arn) else {
        return Ok(false);
    };
    Ok(wanted
        .iter()
        .all(|(key, value)| tags.get(key) == Some(value)))
}

async fn asked(aws: &Aws, arns: Vec<String>) -> Result<HashMap<String, Tags>, CloudError> {
    let reads = arns.chunks(BATCH).map(|batch| {
        let (aws, batch) = (aws.clone(), batch.to_vec());
        let read: Read<_> = Box::pin(async move { described(&aws, batch).await });
        read
    });
    let mut tags = HashMap::new();
    for object in at_once::all(reads.collect()).await?.into_iter().flatten() {
        let pairs = object.tags().iter();
        let pairs = pairs.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
        tags.insert(
            object.resource_arn().unwrap_or_default().to_owned(),
            pairs.collect(),
        );
    }
    Ok(tags)
}

/// One missing object, perhaps somebody else's, fails the call for the whole batch; then each is
/// asked for by itself.
async fn described(aws: &Aws, batch: Vec<String>) -> Result<Vec<TagDescription>, CloudError> {
    let ask = |arns: Vec<String>| async {
        let call = aws.elb.describe_tags().set_resource_arns(Some(arns));
        let answer = call.send().await.map_err(refused);
        answer.map(|answer| answer.tag_descriptions.unwrap_or_default())
    };
    match ask(batch.clone()).await {
        Err(error) if error.fault == Fault::NotFound => {}
        other => return other,
    }
    let mut found = Vec::new();
    for arn in batch {
        match ask(vec![arn]).await {
            Err(error) if error.fault == Fault::NotFound => {}
            other => found.extend(other?),
        }
    }
    Ok(found)
}

/// Sets `who.tags` and removes `gone`.
pub(super) async fn set(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
    let call = aws.elb.add_tags().resource_arns(who.id()?);
    call.set_tags(Some(wire(&who.tags)))
        .send()
        .await
        .map_err(refused)?;
    if !gone.is_empty() {
        let call = aws.elb.remove_tags().resource_arns(who.id()?);
        call.set_tag_keys(Some(gone.to_vec()))
            .send()
            .await
            .map_err(refused)?;
    }
    Ok(())
}

/// The part of an ARN that metrics and alarms name an object by: `app/<name>/<id>` of a load
/// balancer, `targetgroup/<name>/<id>` of a target group.
pub(super) fn full_name(arn: &str) -> String {
    let path = arn.splitn(6, ':').nth(5).unwrap_or_default();
    path.strip_prefix("loadbalancer/")
        .unwrap_or(path)
        .to_owned()
}

/// The name in a full name: `app/<name>/<id>`, `targetgroup/<name>/<id>`.
pub(super) fn name(full: &str) -> &str {
    full.split('/').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names_are_what_cloudwatch_calls_them() {
        let arn =
            |path: &str| format!("arn:aws:elasticloadbalancing:ca-central-1:123456789012:{path}");
        assert_eq!(
            full_name(&arn("loadbalancer/app/a-b/50dc6c49")),
            "app/a-b/50dc6c49"
        );
        assert_eq!(
            full_name(&arn("targetgroup/t-1/73e2d6bc")),
            "targetgroup/t-1/73e2d6bc"
        );
    }
}
