//! What an account has.

use aws_sdk_iam::types::Role;
use bella_engine::cloud::{CloudError, Fault};

use crate::clients::Aws;
use crate::error::refused;

/// What was found, or nothing.
fn found<T>(answer: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match answer {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Audiences of the identity provider; `None` where there is none.
pub(super) async fn audiences(aws: &Aws, arn: &str) -> Result<Option<Vec<String>>, CloudError> {
    let call = aws.iam.get_open_id_connect_provider();
    let answer = call.open_id_connect_provider_arn(arn).send().await;
    let provider = found(answer.map_err(refused))?;
    Ok(provider.map(|provider| provider.client_id_list.unwrap_or_default()))
}

/// The role of that name.
pub(super) async fn role(aws: &Aws, name: &str) -> Result<Option<Role>, CloudError> {
    let answer = aws.iam.get_role().role_name(name).send().await;
    Ok(found(answer.map_err(refused))?.and_then(|answer| answer.role))
}

/// ARNs of the managed policies attached to a role.
pub(super) async fn attached(aws: &Aws, role: &str) -> Result<Vec<String>, CloudError> {
    let call = aws.iam.list_attached_role_policies().role_name(role);
    let mut pages = call.into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        let all = page.attached_policies.unwrap_or_default();
        arns.extend(all.into_iter().filter_map(|policy| policy.policy_arn));
    }
    Ok(arns)
}

/// The document of a managed policy that counts, percent-encoded; `None` where there is no policy.
pub(super) async fn document(aws: &Aws, arn: &str) -> Result<Option<String>, CloudError> {
    let answer = aws.iam.get_policy().policy_arn(arn).send().await;
    let Some(policy) = found(answer.map_err(refused))?.and_then(|answer| answer.policy) else {
        return Ok(None);
    };
    let version = policy.default_version_id.unwrap_or_default();
    let call = aws.iam.get_policy_version().policy_arn(arn);
    let answer = call.version_id(version).send().await.map_err(refused)?;
    let version = answer.policy_version;
    Ok(Some(
        version.and_then(|one| one.document).unwrap_or_default(),
    ))
}
