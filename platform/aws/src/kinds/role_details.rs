//! What a listing of roles does not show: their tags and inline policies.

use std::collections::HashMap;

use aws_sdk_iam::types::EntityType;
use bella_engine::cloud::CloudError;
use bella_engine::resource::Tags;

use super::policy::Policy;
use super::role_policies::{self, Policies};
use crate::clients::Aws;
use crate::error::refused;

/// Tags and inline policies of a role.
#[derive(Clone, Debug, Default)]
pub(super) struct Detail {
    pub(super) tags: Tags,
    pub(super) policies: Policies,
}

/// The roles of one answer, the most that IAM gives.
const PAGE: i32 = 1000;

/// Details of the roles under `path`, by name: of all the account's roles at once, since each by
/// itself costs three calls and more. What IAM answers here may be a moment older than a listing.
pub(super) async fn all(aws: &Aws, path: &str) -> Result<HashMap<String, Detail>, CloudError> {
    let mut found = HashMap::new();
    let call = aws.iam.get_account_authorization_details();
    let call = call.filter(EntityType::Role).max_items(PAGE);
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        for role in page.map_err(refused)?.role_detail_list.unwrap_or_default() {
            if role.path() != Some(path) {
                continue;
            }
            let mut policies = Policies::new();
            for policy in role.role_policy_list() {
                let document = policy.policy_document().unwrap_or("{}");
                let document = Policy::from_wire("GetAccountAuthorizationDetails", document)?;
                policies.insert(
                    policy.policy_name().unwrap_or_default().to_owned(),
                    document,
                );
            }
            let tags = role.tags().iter();
            let tags = tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
            let detail = Detail {
                tags: tags.collect(),
                policies,
            };
            found.insert(role.role_name.unwrap_or_default(), detail);
        }
    }
    Ok(found)
}

/// Details of one role.
pub(super) async fn one(aws: &Aws, name: &str) -> Result<Detail, CloudError> {
    let mut tags = Tags::new();
    let call = aws.iam.list_role_tags().role_name(name);
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?.tags;
        tags.extend(page.into_iter().map(|tag| (tag.key, tag.value)));
    }
    Ok(Detail {
        tags,
        policies: role_policies::read(aws, name).await?,
    })
}
