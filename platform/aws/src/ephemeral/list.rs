//! Listing them.

use aws_sdk_ec2::types::{Filter, Vpc};
use aws_sdk_ecs::types::{Cluster, ClusterField};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::Tags;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::answer_date::AnswerDate;
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::{ecs_tags, timestamp};

/// DescribeClusters takes as many names at once (API reference).
const BATCH: usize = 100;

/// The object by which a stack is listed, with what its tags say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Where it is.
    pub region: String,
    /// What it is.
    pub carrier: Carrier,
    /// All of its tags.
    pub tags: Tags,
}

/// What a stack is listed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Its VPC, by id.
    Vpc(String),
    /// The ECS cluster of a guest, which has no VPC, by ARN.
    Cluster(String),
}

/// The stacks with an object that carries a tag, each once.
///
/// In these regions, or in every region that is enabled for the account. Three calls a region for up to a hundred clusters, two where
/// it has none; a region that the caller may not look into counts as empty.
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
        let (ec2, ecs) = (aws.ec2_in(region), aws.ecs_in(region));
        let (vpcs, clusters) = futures_util::join!(vpcs(&ec2, filter), clusters(&ecs, ""));
        let vpcs = permitted(vpcs)?;
        let clusters = permitted(clusters)?;
        let mut found: Vec<Tagged> = vpcs.iter().filter_map(|vpc| of_vpc(vpc, region)).collect();
        let guests = clusters.iter().filter_map(|it| of_cluster(it, region));
        add(&mut found, guests.filter(|it| it.tags.contains_key(tag)));
        Ok::<_, CloudError>(found)
    }));
    Ok(found.await?.into_iter().flatten().collect())
}

/// What a stack is listed by, in the region of the clients.
///
/// # Errors
/// AWS refuses.
pub async fn of_stack(aws: &Aws, stack: &str) -> Result<Vec<Tagged>, CloudError> {
    let filter = Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(stack)
        .build();
    let vpcs = vpcs(&aws.ec2, filter).await?;
    let found: Vec<Tagged> = vpcs
        .iter()
        .filter_map(|vpc| of_vpc(vpc, aws.region()))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // Every generated name begins so; the tags decide.
    let clusters = clusters(&aws.ecs, &format!("{stack}-")).await?;
    let found = clusters
        .iter()
        .filter_map(|it| of_cluster(it, aws.region()));
    let is_its = |it: &Tagged| it.tags.get(STACK_TAG).is_some_and(|name| name == stack);
    Ok(found.filter(is_its).collect())
}

fn permitted<T>(answer: Result<Vec<T>, CloudError>) -> Result<Vec<T>, CloudError> {
    match answer {
        Err(error) if error.fault == Fault::Denied => Ok(Vec::new()),
        answer => answer,
    }
}

/// Adds the stacks that are not among those found already: a stack with a VPC has a cluster too.
fn add(found: &mut Vec<Tagged>, more: impl Iterator<Item = Tagged>) {
    for one in more {
        let stack = one.tags.get(STACK_TAG);
        if found.iter().all(|it| it.tags.get(STACK_TAG) != stack) {
            found.push(one);
        }
    }
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

/// The clusters whose names begin so, with their tags.
async fn clusters(ecs: &aws_sdk_ecs::Client, begin: &str) -> Result<Vec<Cluster>, CloudError> {
    let mut pages = ecs.list_clusters().into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(refused)?);
    }
    let name = |arn: &String| arn.rsplit('/').next().map(str::to_owned);
    arns.retain(|arn| name(arn).is_some_and(|name| name.starts_with(begin)));
    let mut found = Vec::new();
    for batch in arns.chunks(BATCH) {
        let call = ecs.describe_clusters().include(ClusterField::Tags);
        let answer = call.set_clusters(Some(batch.to_vec())).send().await;
        found.extend(answer.map_err(refused)?.clusters.unwrap_or_default());
    }
    Ok(found)
}

fn of_vpc(vpc: &Vpc, region: &str) -> Option<Tagged> {
    let tags = vpc.tags().iter();
    let tags = tags.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    Some(Tagged {
        region: region.to_owned(),
        carrier: Carrier::Vpc(vpc.vpc_id()?.to_owned()),
        tags: tags.collect(),
    })
}

/// One that was deleted is shown for a while, as `INACTIVE`.
fn of_cluster(cluster: &Cluster, region: &str) -> Option<Tagged> {
    if cluster.status() != Some("ACTIVE") {
        return None;
    }
    Some(Tagged {
        region: region.to_owned(),
        carrier: Carrier::Cluster(cluster.cluster_arn()?.to_owned()),
        tags: ecs_tags::read(cluster.tags()),
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
