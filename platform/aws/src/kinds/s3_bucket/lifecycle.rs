//! A bucket's lifecycle rules, of which two may be ours.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration,
};
use bella_engine::cloud::CloudError;
use bella_engine::export::Body;

use super::{S3Bucket, incomplete, settings};
use crate::clients::Aws;
use crate::error::refused;

const CURRENT: &str = "bella-expire";
const NONCURRENT: &str = "bella-expire-noncurrent";

/// All rules of a bucket.
pub(super) async fn rules(aws: &Aws, name: &str) -> Result<Vec<LifecycleRule>, CloudError> {
    let call = aws.s3.get_bucket_lifecycle_configuration().bucket(name);
    let answer = settings::set(call.send().await.map_err(refused))?;
    Ok(answer.and_then(|answer| answer.rules).unwrap_or_default())
}

/// What our rules say: days of objects, and of versions that are no longer current.
pub(super) fn days(rules: &[LifecycleRule]) -> (Option<i32>, Option<i32>) {
    let on = |id: &str| {
        let mut ours = rules.iter().filter(|rule| rule.id() == Some(id));
        ours.find(|rule| *rule.status() == ExpirationStatus::Enabled)
    };
    let current = on(CURRENT).and_then(LifecycleRule::expiration);
    let old = on(NONCURRENT).and_then(LifecycleRule::noncurrent_version_expiration);
    (
        current.and_then(LifecycleExpiration::days),
        old.and_then(NoncurrentVersionExpiration::noncurrent_days),
    )
}

/// Our rules as Terraform writes them.
pub(super) fn terraform(bucket: &S3Bucket) -> Vec<Body> {
    let rule = |id: &str, block: &str, field: &str, days: Option<i32>| {
        let days = Body::new().set(field, days?);
        let rule = Body::new().set("id", id).set("status", "Enabled");
        let everything = Body::new().set("prefix", "");
        Some(rule.block("filter", everything).block(block, days))
    };
    let old = "noncurrent_version_expiration";
    let rules = [
        rule(CURRENT, "expiration", "days", bucket.expire_days),
        rule(
            NONCURRENT,
            old,
            "noncurrent_days",
            bucket.noncurrent_expire_days,
        ),
    ];
    rules.into_iter().flatten().collect()
}

/// Sets our rules where they differ; the call takes all rules, so others' are sent again.
pub(super) async fn change(
    aws: &Aws,
    name: &str,
    wanted: &S3Bucket,
    from: &S3Bucket,
) -> Result<(), CloudError> {
    let current = wanted
        .expire_days
        .filter(|_| wanted.expire_days != from.expire_days);
    let old = wanted
        .noncurrent_expire_days
        .filter(|_| wanted.noncurrent_expire_days != from.noncurrent_expire_days);
    if current.is_none() && old.is_none() {
        return Ok(());
    }
    let mut all = rules(aws, name).await?;
    if let Some(days) = current {
        let expiration = LifecycleExpiration::builder().days(days).build();
        let rule = LifecycleRule::builder().id(CURRENT).expiration(expiration);
        put(
            &mut all,
            rule.status(ExpirationStatus::Enabled)
                .filter(everything())
                .build()
                .map_err(incomplete)?,
        );
    }
    if let Some(days) = old {
        let expiration = NoncurrentVersionExpiration::builder().noncurrent_days(days);
        let rule = LifecycleRule::builder().id(NONCURRENT);
        let rule = rule.noncurrent_version_expiration(expiration.build());
        put(
            &mut all,
            rule.status(ExpirationStatus::Enabled)
                .filter(everything())
                .build()
                .map_err(incomplete)?,
        );
    }
    let all = BucketLifecycleConfiguration::builder().set_rules(Some(all));
    let call = aws.s3.put_bucket_lifecycle_configuration().bucket(name);
    let call = call.lifecycle_configuration(all.build().map_err(incomplete)?);
    call.send().await.map_err(refused)?;
    Ok(())
}

fn put(all: &mut Vec<LifecycleRule>, rule: LifecycleRule) {
    all.retain(|one| one.id() != rule.id());
    all.push(rule);
}

fn everything() -> LifecycleRuleFilter {
    LifecycleRuleFilter::builder().prefix("").build()
}
