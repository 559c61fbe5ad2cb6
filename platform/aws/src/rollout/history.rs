//! Service deployments: AWS keeps those of 90 days.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{CreatedAt, ServiceDeployment, ServiceDeploymentStatus};
use aws_smithy_types::DateTime;
use bella_engine::cloud::CloudError;
use jiff::Timestamp;

use super::own::{Rollout, Status};
use crate::clients::Aws;
use crate::error::refused;
use crate::kinds::timestamp;

/// DescribeServiceDeployments and DescribeServiceRevisions take so many.
const BATCH: i32 = 20;

/// The newest service deployments of a service, newest first; those created after a moment, where
/// one is given.
pub(super) async fn since(
    aws: &Aws,
    cluster: &str,
    service: &str,
    after: Option<Timestamp>,
) -> Result<Vec<Rollout>, CloudError> {
    let created = after.map(|after| {
        CreatedAt::builder()
            .after(DateTime::from_secs(after.as_second()))
            .build()
    });
    let call = aws
        .ecs
        .list_service_deployments()
        .cluster(cluster)
        .service(service)
        .set_created_at(created)
        .max_results(BATCH);
    let listed = call.send().await.map_err(refused)?;
    let listed = listed.service_deployments.unwrap_or_default();
    let arns = listed
        .into_iter()
        .filter_map(|brief| brief.service_deployment_arn);
    describe(aws, arns.collect()).await
}

/// A service deployment; `None` where there is none.
pub(super) async fn one(aws: &Aws, arn: &str) -> Result<Option<Rollout>, CloudError> {
    let found = describe(aws, vec![arn.to_owned()]).await?;
    Ok(found.into_iter().next())
}

async fn describe(aws: &Aws, arns: Vec<String>) -> Result<Vec<Rollout>, CloudError> {
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let call = aws.ecs.describe_service_deployments();
    let answer = call.set_service_deployment_arns(Some(arns)).send().await;
    let found = answer
        .map_err(refused)?
        .service_deployments
        .unwrap_or_default();
    let runs = revisions(aws, &found).await?;
    let mut all: Vec<Rollout> = found.iter().map(|one| rollout(one, &runs)).collect();
    all.sort_by_key(|rollout| std::cmp::Reverse(rollout.created));
    Ok(all)
}

/// Service revision to the task definition's revision that it runs.
async fn revisions(
    aws: &Aws,
    of: &[ServiceDeployment],
) -> Result<BTreeMap<String, String>, CloudError> {
    let mut arns: Vec<String> = of.iter().filter_map(target).map(str::to_owned).collect();
    arns.sort();
    arns.dedup();
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = aws.ecs.describe_service_revisions();
    let answer = call.set_service_revision_arns(Some(arns)).send().await;
    let found = answer
        .map_err(refused)?
        .service_revisions
        .unwrap_or_default();
    let runs = found
        .into_iter()
        .filter_map(|one| Some((one.service_revision_arn?, one.task_definition?)));
    Ok(runs.collect())
}

fn target(of: &ServiceDeployment) -> Option<&str> {
    of.target_service_revision()?.arn()
}

fn rollout(of: &ServiceDeployment, runs: &BTreeMap<String, String>) -> Rollout {
    let runs = target(of).and_then(|arn| runs.get(arn)).cloned();
    let rollback = of.rollback().and_then(|rollback| rollback.reason());
    let reason = of.status_reason().or(rollback);
    Rollout {
        arn: of.service_deployment_arn().unwrap_or_default().to_owned(),
        task_definition: runs.unwrap_or_default(),
        status: status(of.status()),
        reason: reason.map(str::to_owned),
        created: timestamp(of.created_at()),
        finished: timestamp(of.finished_at()),
    }
}

fn status(of: Option<&ServiceDeploymentStatus>) -> Status {
    use ServiceDeploymentStatus as Wire;
    match of {
        Some(Wire::Successful) => Status::Successful,
        Some(Wire::StopRequested) => Status::StopRequested,
        Some(Wire::Stopped) => Status::Stopped,
        Some(Wire::RollbackRequested | Wire::RollbackInProgress) => Status::RollingBack,
        Some(Wire::RollbackSuccessful) => Status::RolledBack,
        Some(Wire::RollbackFailed) => Status::RollbackFailed,
        Some(Wire::InProgress) => Status::InProgress,
        // A state that is not known yet is not over.
        _ => Status::Pending,
    }
}
