//! Listing them.

use aws_sdk_ec2::types::{Filter, Vpc};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::Tags;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::answer_date::AnswerDate;
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// A stack's VPC with what its tags say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Where it is.
    pub region: String,
    /// Its id.
    pub vpc: String,
    /// All of its tags.
    pub tags: Tags,
}

/// The VPCs that carry a tag.
///
/// In these regions, or in every region that is enabled for the account. One call a region, whatever their number up to a thousand; a
/// region that the caller may not look into counts as empty.
///
/// # Errors
/// AWS refuses.
pub async fn list(aws: &Aws, tag: &str, regions: &[String]) -> Result<Vec<Tagged>, CloudError> {
    let mut regions = regions.to_vec();
    if regions.is_empty() {
        let answer = aws.ec2.describe_regions().send().await.map_err(refused)?;
        let names = answer.regions().iter();
        regions.extend(names.filter_map(|region| region.region_name().map(str::to_owned)));
    }
    let found = try_join_all(regions.iter().map(|region| async move {
        let filter = Filter::builder().name("tag-key").values(tag).build();
        match vpcs(&aws.ec2_in(region), filter).await {
            Err(error) if error.fault == Fault::Denied => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(vpcs) => Ok(vpcs.iter().filter_map(|vpc| of(vpc, region)).collect()),
        }
    }));
    Ok(found.await?.into_iter().flatten().collect())
}

/// The VPCs of a stack, in the region of the clients.
///
/// # Errors
/// AWS refuses.
pub async fn of_stack(aws: &Aws, stack: &str) -> Result<Vec<Tagged>, CloudError> {
    let filter = Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(stack)
        .build();
    let vpcs = vpcs(&aws.ec2, filter).await?;
    let found = vpcs.iter().filter_map(|vpc| of(vpc, aws.region()));
    Ok(found.collect())
}

async fn vpcs(ec2: &aws_sdk_ec2::Client, filter: Filter) -> Result<Vec<Vpc>, CloudError> {
    let call = ec2.describe_vpcs().filters(filter);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(vpc) = pages.next().await {
        found.push(vpc.map_err(refused)?);
    }
    Ok(found)
}

fn of(vpc: &Vpc, region: &str) -> Option<Tagged> {
    let tags = vpc.tags().iter();
    let tags = tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    Some(Tagged {
        region: region.to_owned(),
        vpc: vpc.vpc_id()?.to_owned(),
        tags: tags.collect(),
    })
}

/// What time EventBridge Scheduler has, which ends stacks.
///
/// # Errors
/// Scheduler refuses to list.
pub async fn clock(aws: &Aws) -> Result<Timestamp, CloudError> {
    let date = AnswerDate::default();
    let call = aws.scheduler.list_schedules().max_results(1);
    call.customize()
        .interceptor(date.clone())
        .send()
        .await
        .map_err(refused)?;
    Ok(timestamp(date.last().as_ref()).unwrap_or_else(Timestamp::now))
}
