//! Finding a stack by its name alone.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::Filter;
use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use futures_util::future::try_join_all;

use crate::clients::{Access, Aws};
use crate::error::refused;

/// The tag that says which region a stack is in.
pub(crate) const REGION_TAG: &str = "bella:region";

/// The regions in which a stack of that name has something: first by its roles, which are global
/// and say their region, then by VPCs in every region that is enabled for the account.
///
/// # Errors
/// AWS refuses one of the reads.
pub async fn find_stack(
    aws: &Aws,
    stack: &str,
    access: &(dyn Fn(&str) -> Access + Sync),
) -> Result<Vec<String>, CloudError> {
    let by_roles = regions_of_roles(aws, stack).await?;
    if !by_roles.is_empty() {
        return Ok(by_roles.into_iter().collect());
    }
    let answer = aws.ec2.describe_regions().send().await.map_err(refused)?;
    let names: Vec<&str> = answer
        .regions()
        .iter()
        .filter_map(|region| region.region_name())
        .collect();
    let found = try_join_all(names.into_iter().map(|region| async move {
        let here = Aws::new(&access(region)).await;
        let has = has_vpc(&here, stack).await?;
        Ok::<_, CloudError>(has.then(|| region.to_owned()))
    }));
    Ok(found.await?.into_iter().flatten().collect())
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
