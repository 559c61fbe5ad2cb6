//! What hangs on a role: inline policies, attached managed policies, instance profiles.

use std::collections::BTreeMap;

use bella_engine::cloud::{CloudError, Fault};

use super::policy::Policy;
use crate::clients::Aws;
use crate::error::refused;

/// Inline policies by name.
pub(super) type Policies = BTreeMap<String, Policy>;

/// Reads all inline policies of a role.
pub(super) async fn read(aws: &Aws, role: &str) -> Result<Policies, CloudError> {
    let mut policies = Policies::new();
    for name in names(aws, role).await? {
        let call = aws.iam.get_role_policy().role_name(role).policy_name(&name);
        let document = call.send().await.map_err(refused)?.policy_document;
        policies.insert(name, Policy::from_wire("GetRolePolicy", &document)?);
    }
    Ok(policies)
}

/// Brings the inline policies of a role from `now` to `wanted`.
pub(super) async fn put(
    aws: &Aws,
    role: &str,
    wanted: &Policies,
    now: &Policies,
) -> Result<(), CloudError> {
    for (name, policy) in wanted {
        if now.get(name) != Some(policy) {
            let call = aws.iam.put_role_policy().role_name(role);
            let call = call.policy_name(name).policy_document(policy.text());
            call.send().await.map_err(refused)?;
        }
    }
    for name in now.keys().filter(|name| !wanted.contains_key(*name)) {
        remove(aws, role, name).await?;
    }
    Ok(())
}

/// Takes away everything that keeps IAM from deleting a role (aws-behaviours row 6).
pub(super) async fn strip(aws: &Aws, role: &str) -> Result<(), CloudError> {
    for name in names(aws, role).await? {
        remove(aws, role, &name).await?;
    }
    let attached = aws.iam.list_attached_role_policies().role_name(role);
    let mut pages = attached.into_paginator().send();
    while let Some(page) = pages.next().await {
        for policy in page.map_err(refused)?.attached_policies() {
            let call = aws.iam.detach_role_policy().role_name(role);
            let call = call.policy_arn(policy.policy_arn().unwrap_or_default());
            unless_gone(call.send().await.map_err(refused))?;
        }
    }
    let profiles = aws.iam.list_instance_profiles_for_role().role_name(role);
    let mut pages = profiles.into_paginator().send();
    while let Some(page) = pages.next().await {
        for profile in page.map_err(refused)?.instance_profiles() {
            let call = aws.iam.remove_role_from_instance_profile().role_name(role);
            let call = call.instance_profile_name(profile.instance_profile_name());
            unless_gone(call.send().await.map_err(refused))?;
        }
    }
    Ok(())
}

async fn names(aws: &Aws, role: &str) -> Result<Vec<String>, CloudError> {
    let call = aws.iam.list_role_policies().role_name(role);
    let mut pages = call.into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        names.extend(page.map_err(refused)?.policy_names);
    }
    Ok(names)
}

async fn remove(aws: &Aws, role: &str, policy: &str) -> Result<(), CloudError> {
    let call = aws.iam.delete_role_policy().role_name(role);
    unless_gone(call.policy_name(policy).send().await.map_err(refused))
}

/// What hangs on the role may have gone since it was listed.
fn unless_gone<T>(answer: Result<T, CloudError>) -> Result<(), CloudError> {
    match answer {
        Err(error) if error.fault != Fault::NotFound => Err(error),
        _ => Ok(()),
    }
}
