//! What RDS, ElastiCache and Secrets Manager still have.

use aws_sdk_rds::types::Tag as RdsTag;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;

type Found = Result<Vec<Survivor>, CloudError>;

/// What a final snapshot's name has after its instance's.
const FINAL: &str = "-final-";

fn rds_tags(tags: &[RdsTag]) -> Tags {
    let pair = |tag: &RdsTag| Some((tag.key()?.to_owned(), tag.value()?.to_owned()));
    tags.iter().filter_map(pair).collect()
}

/// Databases with their subnet and parameter groups. Groups show no tags, so those that have the
/// stack's name are asked for theirs.
pub(super) async fn databases(aws: &Aws, wanted: &Wanted) -> Found {
    let mut found = Vec::new();
    let mut pages = aws
        .rds
        .describe_db_instances()
        .into_paginator()
        .items()
        .send();
    while let Some(instance) = pages.next().await {
        let it = instance.map_err(refused)?;
        let (name, tags) = (it.db_instance_identifier(), rds_tags(it.tag_list()));
        let vpc = it.db_subnet_group().and_then(|group| group.vpc_id());
        found.extend(wanted.survivor("database", name, &tags, name, vpc));
    }
    let mut pages = aws
        .rds
        .describe_db_subnet_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let it = group.map_err(refused)?;
        let (name, vpc) = (it.db_subnet_group_name(), it.vpc_id());
        if wanted.ties(&Tags::new(), name, vpc).is_some() {
            let tags = of_group(aws, it.db_subnet_group_arn()).await?;
            found.extend(wanted.survivor("DB subnet group", name, &tags, name, vpc));
        }
    }
    let mut pages = aws
        .rds
        .describe_db_parameter_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let it = group.map_err(refused)?;
        let name = it.db_parameter_group_name();
        if wanted.ties(&Tags::new(), name, None).is_some() {
            let tags = of_group(aws, it.db_parameter_group_arn()).await?;
            found.extend(wanted.survivor("DB parameter group", name, &tags, name, None));
        }
    }
    Ok(found)
}

async fn of_group(aws: &Aws, arn: Option<&str>) -> Result<Tags, CloudError> {
    let call = aws
        .rds
        .list_tags_for_resource()
        .set_resource_name(arn.map(str::to_owned));
    match call.send().await.map_err(refused) {
        Ok(answer) => Ok(rds_tags(answer.tag_list())),
        Err(error) if error.fault == Fault::NotFound => Ok(Tags::new()),
        Err(error) => Err(error),
    }
}

/// What it is, and its name, ARN and VPC.
type Untagged = (&'static str, Option<String>, Option<String>, Option<String>);

/// Caches with their subnet groups; none of them shows tags.
pub(super) async fn caches(aws: &Aws, wanted: &Wanted) -> Found {
    let cache = &aws.elasticache;
    let mut seen: Vec<Untagged> = Vec::new();
    let mut pages = cache
        .describe_replication_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let it = group.map_err(refused)?;
        seen.push(("cache", it.replication_group_id, it.arn, None));
    }
    let mut pages = cache
        .describe_serverless_caches()
        .into_paginator()
        .items()
        .send();
    while let Some(cache) = pages.next().await {
        let it = cache.map_err(refused)?;
        seen.push(("serverless cache", it.serverless_cache_name, it.arn, None));
    }
    let mut pages = cache
        .describe_cache_subnet_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let it = group.map_err(refused)?;
        seen.push((
            "cache subnet group",
            it.cache_subnet_group_name,
            it.arn,
            it.vpc_id,
        ));
    }
    let mut found = Vec::new();
    for (what, name, arn, vpc) in seen {
        let (name, vpc) = (name.as_deref(), vpc.as_deref());
        if wanted.ties(&Tags::new(), name, vpc).is_some() {
            let call = cache.list_tags_for_resource().set_resource_name(arn);
            let tags: Tags = match call.send().await.map_err(refused) {
                Ok(answer) => {
                    let tags = answer.tag_list.unwrap_or_default().into_iter();
                    tags.filter_map(|tag| Some((tag.key?, tag.value?)))
                        .collect()
                }
                Err(error) if error.fault == Fault::NotFound => continue,
                Err(error) => return Err(error),
            };
            found.extend(wanted.survivor(what, name, &tags, name, vpc));
        }
    }
    Ok(found)
}

/// Secrets that are not pending deletion.
pub(super) async fn secrets(aws: &Aws, wanted: &Wanted) -> Found {
    let all = every_secret(aws, wanted).await?.into_iter();
    Ok(all
        .filter_map(|(survivor, pending)| (!pending).then_some(survivor))
        .collect())
}

/// The last copies of what the stack held: final snapshots, and secrets that can be restored.
pub(super) async fn copies(aws: &Aws, wanted: &Wanted) -> Found {
    let mut found: Vec<Survivor> = every_secret(aws, wanted)
        .await?
        .into_iter()
        .filter_map(|(survivor, pending)| pending.then_some(survivor))
        .collect();
    let mut pages = aws
        .rds
        .describe_db_snapshots()
        .into_paginator()
        .items()
        .send();
    while let Some(snapshot) = pages.next().await {
        let it = snapshot.map_err(refused)?;
        let name = it.db_snapshot_identifier();
        if name.is_some_and(|name| name.contains(FINAL)) {
            let (of, tags) = (it.db_instance_identifier(), rds_tags(it.tag_list()));
            found.extend(wanted.survivor("final snapshot", name, &tags, of, None));
        }
    }
    Ok(found)
}

/// Each of the stack's secrets, and whether it is pending deletion.
async fn every_secret(aws: &Aws, wanted: &Wanted) -> Result<Vec<(Survivor, bool)>, CloudError> {
    let call = aws.secrets.list_secrets().include_planned_deletion(true);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        for it in page.map_err(refused)?.secret_list.unwrap_or_default() {
            let pending = it.deleted_date.is_some();
            let tags = it.tags.unwrap_or_default().into_iter();
            let tags = tags
                .filter_map(|tag| Some((tag.key?, tag.value?)))
                .collect();
            let name = it.name.as_deref();
            let survivor = wanted.survivor("secret", name, &tags, name, None);
            found.extend(survivor.map(|survivor| (survivor, pending)));
        }
    }
    Ok(found)
}
