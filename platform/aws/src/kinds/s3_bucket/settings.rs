//! What is set on a bucket after it was made, one document each.

use aws_sdk_s3::types::{
    BucketVersioningStatus, PublicAccessBlockConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
    VersioningConfiguration,
};
use bella_engine::cloud::{CloudError, Fault};
use serde_json::{Value, json};

use super::{Encryption, S3Bucket, arn_of, incomplete, lifecycle};
use crate::clients::Aws;
use crate::error::{is_unset, refused};

/// Marks our statement in a bucket's policy.
const SID: &str = "BellaTlsOnly";

/// What an answer holds; `None` where S3 says that nothing is set.
pub(super) fn set<T>(answer: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_unset(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The settings of a bucket; `None` when it has gone.
pub(super) async fn read(aws: &Aws, name: &str) -> Result<Option<S3Bucket>, CloudError> {
    match all(aws, name).await {
        Ok(bucket) => Ok(Some(bucket)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn all(aws: &Aws, name: &str) -> Result<S3Bucket, CloudError> {
    let s3 = &aws.s3;
    let (versioning, encryption, public, policy, rules) = tokio::join!(
        s3.get_bucket_versioning().bucket(name).send(),
        s3.get_bucket_encryption().bucket(name).send(),
        s3.get_public_access_block().bucket(name).send(),
        policy(aws, name),
        lifecycle::rules(aws, name),
    );
    let encryption = set(encryption.map_err(refused))?;
    let encryption = encryption.and_then(|answer| answer.server_side_encryption_configuration);
    let is_kms = encryption.is_some_and(|all| {
        let mut rules = all.rules.into_iter();
        let rule = rules
            .next()
            .and_then(|rule| rule.apply_server_side_encryption_by_default);
        rule.is_some_and(|rule| rule.sse_algorithm == ServerSideEncryption::AwsKms)
    });
    let public = set(public.map_err(refused))?;
    let public = public.and_then(|answer| answer.public_access_block_configuration);
    let (expire_days, noncurrent_expire_days) = lifecycle::days(&rules?);
    let status = versioning.map_err(refused)?.status;
    Ok(S3Bucket {
        versioning: status == Some(BucketVersioningStatus::Enabled),
        sse: match is_kms {
            true => Encryption::Kms,
            false => Encryption::Aes256,
        },
        block_public_access: public == Some(blocked()),
        tls_only: statements(&policy?).contains(&statement(name)),
        expire_days,
        noncurrent_expire_days,
    })
}

/// Sets what differs.
pub(super) async fn change(
    aws: &Aws,
    name: &str,
    wanted: &S3Bucket,
    from: &S3Bucket,
) -> Result<(), CloudError> {
    let s3 = &aws.s3;
    if wanted.versioning != from.versioning {
        let status = match wanted.versioning {
            true => BucketVersioningStatus::Enabled,
            false => BucketVersioningStatus::Suspended,
        };
        let status = VersioningConfiguration::builder().status(status).build();
        let call = s3.put_bucket_versioning().bucket(name);
        let call = call.versioning_configuration(status);
        call.send().await.map_err(refused)?;
    }
    if wanted.sse != from.sse {
        let call = s3.put_bucket_encryption().bucket(name);
        let call = call.server_side_encryption_configuration(encryption(wanted.sse)?);
        call.send().await.map_err(refused)?;
    }
    if wanted.block_public_access && !from.block_public_access {
        let call = s3.put_public_access_block().bucket(name);
        let call = call.public_access_block_configuration(blocked());
        call.send().await.map_err(refused)?;
    }
    if !wanted.block_public_access && from.block_public_access {
        let call = s3.delete_public_access_block().bucket(name);
        call.send().await.map_err(refused)?;
    }
    if wanted.tls_only != from.tls_only {
        let mut document = policy(aws, name).await?;
        restrict(&mut document, name, wanted.tls_only);
        put_policy(aws, name, &document).await?;
    }
    lifecycle::change(aws, name, wanted, from).await
}

fn encryption(wanted: Encryption) -> Result<ServerSideEncryptionConfiguration, CloudError> {
    let algorithm = match wanted {
        Encryption::Aes256 => ServerSideEncryption::Aes256,
        Encryption::Kms => ServerSideEncryption::AwsKms,
    };
    let usual = ServerSideEncryptionByDefault::builder().sse_algorithm(algorithm);
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(usual.build().map_err(incomplete)?);
    // Fewer calls to the Key Management Service, which are paid.
    let rule = rule.bucket_key_enabled(wanted == Encryption::Kms);
    let all = ServerSideEncryptionConfiguration::builder().rules(rule.build());
    all.build().map_err(incomplete)
}

fn blocked() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build()
}

/// The bucket's policy, null where it has none.
async fn policy(aws: &Aws, name: &str) -> Result<Value, CloudError> {
    let call = aws.s3.get_bucket_policy().bucket(name);
    let answer = set(call.send().await.map_err(refused))?;
    let text = answer.and_then(|answer| answer.policy);
    text.map_or(Ok(Value::Null), |text| {
        serde_json::from_str(&text).map_err(|err| {
            let message = format!("the bucket policy is not JSON: {err}");
            CloudError::new(Fault::Rejected, "s3", "GetBucketPolicy", message)
        })
    })
}

async fn put_policy(aws: &Aws, name: &str, document: &Value) -> Result<(), CloudError> {
    if statements(document).is_empty() {
        let call = aws.s3.delete_bucket_policy().bucket(name);
        call.send().await.map_err(refused)?;
        return Ok(());
    }
    let call = aws.s3.put_bucket_policy().bucket(name);
    call.policy(document.to_string())
        .send()
        .await
        .map_err(refused)?;
    Ok(())
}

/// Our statement in the policy of the bucket of that name.
pub(super) fn statement(name: &str) -> Value {
    let arn = arn_of(name);
    json!({
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, format!("{arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    })
}

fn statements(document: &Value) -> &[Value] {
    document["Statement"].as_array().map_or(&[], Vec::as_slice)
}

/// Puts our statement into a policy, or takes it out; the others stay.
fn restrict(document: &mut Value, name: &str, tls_only: bool) {
    let others = statements(document).iter().filter(|one| one["Sid"] != SID);
    let mut all: Vec<Value> = others.cloned().collect();
    all.extend(tls_only.then(|| statement(name)));
    if document.is_null() {
        *document = json!({"Version": "2012-10-17"});
    }
    document["Statement"] = Value::Array(all);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_statements_stay() {
        let other = json!({"Sid": "Theirs", "Effect": "Allow"});
        let mut document = json!({"Version": "2012-10-17", "Statement": [other]});
        restrict(&mut document, "b", true);
        restrict(&mut document, "b", true);
        assert_eq!(statements(&document), [other.clone(), statement("b")]);
        restrict(&mut document, "b", false);
        assert_eq!(statements(&document), [other]);
        let mut none = Value::Null;
        restrict(&mut none, "b", false);
        assert!(statements(&none).is_empty());
    }
}
