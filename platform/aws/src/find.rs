//! Finding a stack by its name alone.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::Filter;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::planner::STACK_TAG;
use futures_util::future::try_join_all;

use crate::clients::{Access, Aws};
use crate::error::refused;

/// The tag that says which region a stack is in.
pub(crate) const REGION_TAG: &str = "bella:region";

/// The regions in which a stack of that name has something.
///
/// Those are the ones its roles name, which are global, and those with a VPC of it, of all regions
/// that are enabled for the account. A region that the caller may not look into counts as empty.
///
/// # Errors
/// AWS refuses one of the other reads.
pub async fn find_stack(
    aws: &Aws,
    stack: &str,
    access: &(dyn Fn(&str) -> Access + Sync),
) -> Result<Vec<String>, CloudError> {
    let (mut regions, answer) = tokio::try_join!(regions_of_roles(aws, stack), async {
        aws.ec2.describe_regions().send().await.map_err(refused)
    })?;
    let names = answer
        .regions()
        .iter()
        .filter_map(|region| region.region_name());
    let found = try_join_all(names.map(|region| async move {
        let here = Aws::new(&access(region)).await;
        match has_vpc(&here, stack).await {
            Ok(has) => Ok(has.then(|| region.to_owned())),
            Err(error) if error.fault == Fault::Denied => Ok(None),
            Err(error) => Err(error),
        }
    }));
    regions.extend(found.await?.into_iter().flatten());
    Ok(regions.into_iter().collect())
}

async fn regions_of_roles(aws: &Aws, stack: &str) -> Result<BTreeSet<String>, CloudError> {
    let path = format!("/bella/{stack}/");
    let mut pages = aws
        .iam
        .list_roles()
        .path_prefix(path)
        .into_paginator()
        .send();
    let mut regions = BTreeSet::new();
    while let Some(page) = pages.next().await {
        for role in page.map_err(refused)?.roles() {
            let tags = aws.iam.list_role_tags().role_name(role.role_name());
            let tags = tags.send().await.map_err(refused)?;
            let tag = |key: &str| {
                tags.tags()
                    .iter()
                    .find(|tag| tag.key() == key)
                    .map(|tag| tag.value())
            };
            if tag(STACK_TAG) == Some(stack) {
                regions.extend(tag(REGION_TAG).map(str::to_owned));
            }
        }
    }
    Ok(regions)
}

async fn has_vpc(aws: &Aws, stack: &str) -> Result<bool, CloudError> {
    let filter = Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(stack)
        .build();
    let answer = aws
        .ec2
        .describe_vpcs()
        .filters(filter)
        .send()
        .await
        .map_err(refused)?;
    Ok(!answer.vpcs().is_empty())
}
