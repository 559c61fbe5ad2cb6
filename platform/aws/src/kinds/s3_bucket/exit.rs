//! A bucket in Terraform's words, where each setting is a resource of its own.

use bella_engine::export::{Block, Body, Exported};
use serde_json::json;

use super::{Encryption, S3Bucket, lifecycle, settings};

/// The bucket, which Terraform does not destroy, and its settings. Encryption with keys of S3 is not
/// among them: S3 does that by itself.
pub(super) fn terraform(bucket: &S3Bucket, exported: &Exported<'_>) -> Vec<Block> {
    let name = exported.output("name");
    let own = || Body::new().set("bucket", exported.own("name"));
    let setting =
        |resource, body: Body, suffix: &str| Block::new(resource, name, body).beside(suffix);
    let body = Body::new()
        .set("bucket", name)
        .tags(exported.tags)
        .prevent_destroy();
    let mut all = vec![Block::new("aws_s3_bucket", name, body)];
    if bucket.versioning {
        let on = Body::new().set("status", "Enabled");
        let body = own().block("versioning_configuration", on);
        all.push(setting("aws_s3_bucket_versioning", body, ""));
    }
    if bucket.sse == Encryption::Kms {
        let usual = Body::new().set("sse_algorithm", "aws:kms");
        let rule = Body::new()
            .set("bucket_key_enabled", true)
            .block("apply_server_side_encryption_by_default", usual);
        let body = own().block("rule", rule);
        let resource = "aws_s3_bucket_server_side_encryption_configuration";
        all.push(setting(resource, body, ""));
    }
    if bucket.block_public_access {
        let body = own()
            .set("block_public_acls", true)
            .set("block_public_policy", true)
            .set("ignore_public_acls", true)
            .set("restrict_public_buckets", true);
        all.push(setting("aws_s3_bucket_public_access_block", body, ""));
    }
    if bucket.tls_only {
        let statement = settings::statement(&exported.own("name"));
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        let body = own().document("policy", policy);
        all.push(setting("aws_s3_bucket_policy", body, ""));
    }
    let rules = lifecycle::terraform(bucket);
    if !rules.is_empty() {
        let body = rules
            .into_iter()
            .fold(own(), |body, rule| body.block("rule", rule));
        all.push(setting("aws_s3_bucket_lifecycle_configuration", body, ""));
    }
    all
}
