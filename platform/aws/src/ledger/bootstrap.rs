//! Making the bucket that an account keeps its ledgers in.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus,
    CreateBucketConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    Tag, Tagging, VersioningConfiguration,
};
use bella_engine::cloud::{CloudError, Fault};
use serde_json::json;

use crate::clients::Aws;
use crate::error::refused;

/// Replaced objects stay this long: a lease is replaced every few seconds while a run lives.
const OLD_VERSIONS_DAYS: i32 = 90;

/// What [`bootstrap`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrapped {
    /// The bucket.
    pub bucket: String,
    /// Whether it was there before.
    pub existed: bool,
}

/// Makes the bucket `bucket` in the account and region of `aws`, or brings the account's own into
/// shape.
///
/// Versions are kept; it is encrypted, closed to the public and reached over TLS only. It carries
/// the tag of the tool and of no stack, so that no teardown removes it.
///
/// # Errors
/// AWS refuses; a bucket of that name that another account has is one such refusal.
pub async fn bootstrap(aws: &Aws, bucket: &str) -> Result<Bootstrapped, CloudError> {
    let existed = match create(aws, bucket).await {
        Ok(()) => false,
        Err(error) if error.fault == Fault::Exists => true,
        Err(error) => return Err(error),
    };
    shape(aws, bucket).await?;
    guard(aws, bucket).await?;
    Ok(Bootstrapped {
        bucket: bucket.to_owned(),
        existed,
    })
}

/// Whether there is such a bucket.
///
/// # Errors
/// AWS refuses to say, as it does for a bucket that another account has.
pub async fn bucket_exists(aws: &Aws, bucket: &str) -> Result<bool, CloudError> {
    match aws
        .s3
        .head_bucket()
        .bucket(bucket)
        .send()
        .await
        .map_err(refused)
    {
        Ok(_) => Ok(true),
        Err(error) if error.fault == Fault::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

async fn create(aws: &Aws, bucket: &str) -> Result<(), CloudError> {
    // us-east-1 is where a bucket is made when nothing is said, and may not be said.
    let place = (aws.region() != "us-east-1").then(|| {
        CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::from(aws.region()))
            .build()
    });
    let call = aws.s3.create_bucket().bucket(bucket);
    let call = call.set_create_bucket_configuration(place);
    call.send().await.map(drop).map_err(refused)
}

async fn shape(aws: &Aws, bucket: &str) -> Result<(), CloudError> {
    let versions = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let call = aws.s3.put_bucket_versioning().bucket(bucket);
    let call = call.versioning_configuration(versions);
    call.send().await.map_err(refused)?;

    let by_default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::Aes256)
        .build()
        .map_err(built)?;
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(by_default)
        .build();
    let encryption = ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()
        .map_err(built)?;
    let call = aws.s3.put_bucket_encryption().bucket(bucket);
    let call = call.server_side_encryption_configuration(encryption);
    call.send().await.map_err(refused)?;

    let old = NoncurrentVersionExpiration::builder()
        .noncurrent_days(OLD_VERSIONS_DAYS)
        .build();
    let rule = LifecycleRule::builder()
        .id("old-versions")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .noncurrent_version_expiration(old)
        .build()
        .map_err(built)?;
    let rules = BucketLifecycleConfiguration::builder()
        .rules(rule)
        .build()
        .map_err(built)?;
    let call = aws.s3.put_bucket_lifecycle_configuration().bucket(bucket);
    let call = call.lifecycle_configuration(rules);
    call.send().await.map(drop).map_err(refused)
}

async fn guard(aws: &Aws, bucket: &str) -> Result<(), CloudError> {
    let closed = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let call = aws.s3.put_public_access_block().bucket(bucket);
    let call = call.public_access_block_configuration(closed);
    call.send().await.map_err(refused)?;

    let call = aws.s3.put_bucket_policy().bucket(bucket);
    let call = call.policy(tls_only(bucket));
    call.send().await.map_err(refused)?;

    let tag = Tag::builder()
        .key("bella:tool")
        .value("ledger")
        .build()
        .map_err(built)?;
    let tags = Tagging::builder().tag_set(tag).build().map_err(built)?;
    let call = aws.s3.put_bucket_tagging().bucket(bucket).tagging(tags);
    call.send().await.map(drop).map_err(refused)
}

/// The bucket's policy: whoever asks without TLS is refused.
fn tls_only(bucket: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }],
    })
    .to_string()
}

fn built(error: aws_smithy_types::error::operation::BuildError) -> CloudError {
    CloudError::new(Fault::Rejected, "s3", "bootstrap", error.to_string())
}
