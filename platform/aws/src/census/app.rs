//! What IAM, CloudWatch Logs, ECR, Elastic Load Balancing and ECS still have.

use aws_sdk_ecs::types::{
    ClusterField, ServiceField, TaskDefinitionFamilyStatus, TaskDefinitionField,
};
use aws_sdk_elasticloadbalancingv2::types::TagDescription;
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;
use crate::find::REGION_TAG;

type Found = Result<Vec<Survivor>, CloudError>;

/// Most ARNs a `DescribeTags` of Elastic Load Balancing takes.
const TAG_BATCH: usize = 20;
/// Most clusters a `DescribeClusters` takes.
const CLUSTER_BATCH: usize = 100;
/// `DescribeServices` takes ten (row 9).
const SERVICE_BATCH: usize = 10;

/// Roles below the stack's path, which is ours by construction. IAM is global: a role that says
/// another region belongs to the stack of that name there.
pub(super) async fn roles(aws: &Aws, wanted: &Wanted) -> Found {
    let path = format!("/bella/{}/", wanted.stack);
    let mut pages = aws
        .iam
        .list_roles()
        .path_prefix(&path)
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(role) = pages.next().await {
        let role = role.map_err(refused)?;
        if says_other_region(aws, role.role_name()).await? {
            continue;
        }
        found.push(Survivor {
            what: "role",
            id: role.role_name().to_owned(),
            why: format!("below path {path}"),
        });
    }
    Ok(found)
}

async fn says_other_region(aws: &Aws, role: &str) -> Result<bool, CloudError> {
    let mut tags = aws
        .iam
        .list_role_tags()
        .role_name(role)
        .into_paginator()
        .items()
        .send();
    while let Some(tag) = tags.next().await {
        match tag.map_err(refused) {
            Ok(tag) if tag.key() == REGION_TAG => return Ok(tag.value() != aws.region()),
            Ok(_) => {}
            Err(error) if error.fault == Fault::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

pub(super) async fn log_groups(aws: &Aws, wanted: &Wanted) -> Found {
    let prefix = format!("/bella/{}/", wanted.stack);
    let call = aws.logs.describe_log_groups().log_group_name_prefix(prefix);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(group) = pages.next().await {
        let group = group.map_err(refused)?;
        let name = group.log_group_name();
        found.extend(wanted.survivor("log group", name, &Tags::new(), name, None));
    }
    Ok(found)
}

pub(super) async fn repositories(aws: &Aws, wanted: &Wanted) -> Found {
    let mut pages = aws
        .ecr
        .describe_repositories()
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(repository) = pages.next().await {
        let repository = repository.map_err(refused)?;
        let name = repository.repository_name();
        found.extend(wanted.survivor("repository", name, &Tags::new(), name, None));
    }
    Ok(found)
}

/// Load balancers and target groups, by VPC, name and tags.
pub(super) async fn load_balancers(aws: &Aws, wanted: &Wanted) -> Found {
    let mut seen: Vec<(&'static str, String, Option<String>, Option<String>)> = Vec::new();
    let mut pages = aws
        .elb
        .describe_load_balancers()
        .into_paginator()
        .items()
        .send();
    while let Some(balancer) = pages.next().await {
        let it = balancer.map_err(refused)?;
        seen.extend(
            it.load_balancer_arn
                .map(|arn| ("load balancer", arn, it.load_balancer_name, it.vpc_id)),
        );
    }
    let mut pages = aws
        .elb
        .describe_target_groups()
        .into_paginator()
        .items()
        .send();
    while let Some(group) = pages.next().await {
        let it = group.map_err(refused)?;
        seen.extend(
            it.target_group_arn
                .map(|arn| ("target group", arn, it.target_group_name, it.vpc_id)),
        );
    }
    let balancers = seen.iter().filter(|(what, ..)| *what == "load balancer");
    let balancers: Vec<String> = balancers.map(|(_, arn, ..)| arn.clone()).collect();
    for balancer in balancers {
        let rules = rules(aws, &balancer).await?.into_iter();
        seen.extend(rules.map(|arn| ("listener rule", arn, None, None)));
    }
    let mut found = Vec::new();
    for batch in seen.chunks(TAG_BATCH) {
        let arns: Vec<String> = batch.iter().map(|(_, arn, _, _)| arn.clone()).collect();
        for described in tag_descriptions(aws, &arns).await? {
            let Some(described_arn) = described.resource_arn() else {
                continue;
            };
            let tags: Tags = described
                .tags()
                .iter()
                .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
                .collect();
            let whose = batch.iter().filter(|(_, arn, _, _)| arn == described_arn);
            found.extend(whose.filter_map(|(what, arn, name, vpc)| {
                wanted.survivor(what, Some(arn), &tags, name.as_deref(), vpc.as_deref())
            }));
        }
    }
    let left = found.iter().filter(|it| it.what == "load balancer");
    let left: Vec<String> = left.map(|it| it.id.clone()).collect();
    for balancer in left {
        found.extend(listeners(aws, &balancer).await?);
    }
    Ok(found)
}

/// The rules of a load balancer's listeners, which may be of any stack; none of one that has gone meanwhile.
async fn rules(aws: &Aws, balancer: &str) -> Result<Vec<String>, CloudError> {
    let call = aws.elb.describe_listeners().load_balancer_arn(balancer);
    let mut pages = call.into_paginator().items().send();
    let mut listeners = Vec::new();
    while let Some(listener) = pages.next().await {
        match listener.map_err(refused) {
            Ok(listener) => listeners.extend(listener.listener_arn),
            Err(error) if error.fault == Fault::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
    let mut found = Vec::new();
    for listener in listeners {
        let call = aws.elb.describe_rules().listener_arn(listener);
        let mut pages = call.into_paginator().items().send();
        while let Some(rule) = pages.next().await {
            match rule.map_err(refused) {
                Ok(rule) if rule.is_default() != Some(true) => found.extend(rule.rule_arn),
                Ok(_) => {}
                Err(error) if error.fault == Fault::NotFound => break,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(found)
}

/// Listeners go with their load balancer, so they are left where it is.
async fn listeners(aws: &Aws, balancer: &str) -> Found {
    let call = aws.elb.describe_listeners().load_balancer_arn(balancer);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(listener) = pages.next().await {
        found.extend(listener.map_err(refused)?.listener_arn.map(|id| Survivor {
            what: "listener",
            id,
            why: format!("of {balancer}"),
        }));
    }
    Ok(found)
}

/// The tags of each ARN. One that went since it was listed, perhaps with somebody else's stack,
/// fails the call for all of them; then each is asked for by itself.
async fn tag_descriptions(aws: &Aws, arns: &[String]) -> Result<Vec<TagDescription>, CloudError> {
    let ask = |arns: &[String]| {
        let call = aws
            .elb
            .describe_tags()
            .set_resource_arns(Some(arns.to_vec()));
        async {
            call.send()
                .await
                .map_err(refused)
                .map(|answer| answer.tag_descriptions.unwrap_or_default())
        }
    };
    match ask(arns).await {
        Err(error) if error.fault == Fault::NotFound => {}
        other => return other,
    }
    let mut found = Vec::new();
    for arn in arns {
        match ask(std::slice::from_ref(arn)).await {
            Err(error) if error.fault == Fault::NotFound => {}
            other => found.extend(other?),
        }
    }
    Ok(found)
}

fn ecs_tags(tags: &[aws_sdk_ecs::types::Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
        .collect()
}

/// Clusters (with what they say they still run) and active task definitions.
pub(super) async fn containers(aws: &Aws, wanted: &Wanted) -> Found {
    let mut arns = Vec::new();
    let mut pages = aws.ecs.list_clusters().into_paginator().items().send();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(refused)?);
    }
    let mut found = Vec::new();
    for batch in arns.chunks(CLUSTER_BATCH) {
        let call = aws
            .ecs
            .describe_clusters()
            .set_clusters(Some(batch.to_vec()));
        let answer = call
            .include(ClusterField::Tags)
            .send()
            .await
            .map_err(refused)?;
        // An INACTIVE cluster stays listed for about an hour (row 39).
        for cluster in answer
            .clusters()
            .iter()
            .filter(|c| c.status() != Some("INACTIVE"))
        {
            let tags = ecs_tags(cluster.tags());
            let survivor = wanted.survivor(
                "ECS cluster",
                cluster.cluster_arn(),
                &tags,
                cluster.cluster_name(),
                None,
            );
            if let Some(cluster) = survivor {
                found.extend(services(aws, wanted, &cluster.id).await?);
                found.push(cluster);
            }
        }
    }
    let call = aws
        .ecs
        .list_task_definition_families()
        .family_prefix(format!("{}-", wanted.stack));
    let mut pages = call
        .status(TaskDefinitionFamilyStatus::Active)
        .into_paginator()
        .items()
        .send();
    while let Some(family) = pages.next().await {
        let family = family.map_err(refused)?;
        let call = aws.ecs.describe_task_definition().task_definition(&family);
        let tags = match call
            .include(TaskDefinitionField::Tags)
            .send()
            .await
            .map_err(refused)
        {
            Ok(answer) => ecs_tags(answer.tags()),
            // It went since it was listed.
            Err(error) if error.fault == Fault::NotFound => continue,
            Err(error) => return Err(error),
        };
        found.extend(wanted.survivor("task definition", Some(&family), &tags, Some(&family), None));
    }
    Ok(found)
}

/// Services of a cluster that is left: they keep it from going.
async fn services(aws: &Aws, wanted: &Wanted, cluster: &str) -> Found {
    let call = aws.ecs.list_services().cluster(cluster);
    let mut pages = call.into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(refused)?);
    }
    let mut found = Vec::new();
    for batch in arns.chunks(SERVICE_BATCH) {
        let call = aws.ecs.describe_services().cluster(cluster);
        let call = call.set_services(Some(batch.to_vec()));
        let answer = call.include(ServiceField::Tags).send().await;
        for service in answer.map_err(refused)?.services() {
            if service.status() == Some("INACTIVE") {
                continue;
            }
            let tags = ecs_tags(service.tags());
            let (arn, name) = (service.service_arn(), service.service_name());
            found.extend(wanted.survivor("ECS service", arn, &tags, name, None));
        }
    }
    Ok(found)
}
