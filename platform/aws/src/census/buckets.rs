//! What S3 still has.

use std::collections::BTreeSet;

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted, tagged};
use crate::clients::Aws;
use crate::error::{is_unset, refused};

/// Buckets with a name of ours, which ends with the account's number, or with a tag of the stack.
pub(super) async fn buckets(aws: &Aws, wanted: &Wanted) -> Result<Vec<Survivor>, CloudError> {
    let end = format!("-{}", aws.account().await?);
    let arns = tagged::arns(aws, wanted, "s3").await?;
    let mut names: BTreeSet<String> = arns
        .iter()
        .map(|arn| arn.rsplit(':').next().unwrap_or_default().to_owned())
        .collect();
    let call = aws.s3.list_buckets().bucket_region(aws.region());
    let mut pages = call.max_buckets(1000).into_paginator().send();
    while let Some(page) = pages.next().await {
        for bucket in page.map_err(refused)?.buckets.unwrap_or_default() {
            let name = bucket.name.unwrap_or_default();
            if wanted.is_our_name(name.trim_end_matches(&end)) {
                names.insert(name);
            }
        }
    }
    let mut found = Vec::new();
    for name in names {
        let call = aws.s3.get_bucket_tagging().bucket(&name);
        let tags: Tags = match call.send().await.map_err(refused) {
            Ok(answer) => {
                let tags = answer.tag_set.into_iter();
                tags.map(|tag| (tag.key, tag.value)).collect()
            }
            Err(error) if is_unset(&error) => Tags::new(),
            // It went since it was listed.
            Err(error) if error.fault == Fault::NotFound => continue,
            Err(error) => return Err(error),
        };
        let ours = name.trim_end_matches(&end);
        found.extend(wanted.survivor("bucket", Some(&name), &tags, Some(ours), None));
    }
    Ok(found)
}
