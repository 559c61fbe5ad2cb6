//! What AWS Budgets still has.

use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;
use crate::find::REGION_TAG;

/// Budgets with a name of ours. They are global: one that says another region belongs to the stack
/// of that name there.
pub(super) async fn budgets(aws: &Aws, wanted: &Wanted) -> Result<Vec<Survivor>, CloudError> {
    let account = aws.account().await?;
    let call = aws.budgets.describe_budgets().account_id(account);
    let mut pages = call.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        for budget in page.map_err(refused)?.budgets.unwrap_or_default() {
            let name = budget.budget_name();
            if !wanted.is_our_name(name) {
                continue;
            }
            let arn = format!("arn:aws:budgets::{account}:budget/{name}");
            let call = aws.budgets.list_tags_for_resource().resource_arn(arn);
            let tags: Tags = match call.send().await.map_err(refused) {
                Ok(answer) => {
                    let tags = answer.resource_tags.unwrap_or_default().into_iter();
                    tags.map(|tag| (tag.key, tag.value)).collect()
                }
                // It went since it was listed.
                Err(error) if error.fault == Fault::NotFound => continue,
                Err(error) => return Err(error),
            };
            let region = tags.get(REGION_TAG);
            if region.is_none_or(|region| region == aws.region()) {
                found.extend(wanted.survivor("budget", Some(name), &tags, Some(name), None));
            }
        }
    }
    Ok(found)
}
