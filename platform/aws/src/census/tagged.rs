//! What carries the stack's tag by the tagging service, whatever its name.

use std::collections::BTreeSet;

use aws_sdk_resourcegroupstagging::types::TagFilter;
use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;

use super::Wanted;
use crate::clients::Aws;
use crate::error::refused;

/// The ARNs of one service's objects with the stack's tag. The tagging service hears of a deletion
/// later, so each has to be looked at before it counts.
pub(super) async fn arns(
    aws: &Aws,
    wanted: &Wanted,
    service: &str,
) -> Result<BTreeSet<String>, CloudError> {
    let stack = TagFilter::builder().key(STACK_TAG).values(&wanted.stack);
    let call = aws.tagging.get_resources().tag_filters(stack.build());
    let call = call.resource_type_filters(service);
    let mut pages = call.into_paginator().send();
    let mut arns = BTreeSet::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.resource_tag_mapping_list;
        let objects = page.unwrap_or_default().into_iter();
        arns.extend(objects.filter_map(|object| object.resource_arn));
    }
    Ok(arns)
}
