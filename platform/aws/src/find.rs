//! Finding a stack by its name alone.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{Filter, Vpc};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::planner::STACK_TAG;
use futures_util::future::try_join_all;

use crate::clients::Aws;
use crate::error::refused;
use crate::ledger::LEDGER_TAG;

/// The tag that says which region a stack is in.
pub(crate) const REGION_TAG: &str = "bella:region";

/// A region in which a stack of the name has something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which one.
    pub region: String,
    /// What its objects' tag says of where the ledger is.
    pub ledger: Option<String>,
}

/// Regions with what their objects say of the ledger.
type Regions = BTreeMap<String, Option<String>>;

/// The regions in which a stack of that name has something; one that is `known` not to is not asked.
///
/// Those are the ones its roles name, which are global, and those with a VPC of it, of all regions
/// that are enabled for the account. A region that the caller may not look into counts as empty.
///
/// # Errors
/// AWS refuses one of the other reads.
pub async fn find_stack(
    aws: &Aws,
    stack: &str,
    known: Option<&str>,
) -> Result<Vec<Found>, CloudError> {
    let (mut regions, answer) = tokio::try_join!(regions_of_roles(aws, stack), async {
        aws.ec2.describe_regions().send().await.map_err(refused)
    })?;
    let names = answer
        .regions()
        .iter()
        .filter_map(|region| region.region_name())
        .filter(|region| known != Some(*region));
    let found = try_join_all(names.map(|region| async move {
        match ledger_of_vpc(&aws.ec2_in(region), stack).await {
            Ok(ledger) => Ok(ledger.map(|ledger| (region.to_owned(), ledger))),
            Err(error) if error.fault == Fault::Denied => Ok(None),
            Err(error) => Err(error),
        }
    }));
    for (region, ledger) in found.await?.into_iter().flatten() {
        note(&mut regions, region, ledger);
    }
    let found = regions.into_iter();
    Ok(found
        .map(|(region, ledger)| Found { region, ledger })
        .collect())
}

/// What one object says of the ledger stays, whatever another leaves out.
fn note(regions: &mut Regions, region: String, ledger: Option<String>) {
    let known = regions.entry(region).or_default();
    *known = known.take().or(ledger);
}

async fn regions_of_roles(aws: &Aws, stack: &str) -> Result<Regions, CloudError> {
    let path = format!("/bella/{stack}/");
    let mut pages = aws
        .iam
        .list_roles()
        .path_prefix(path)
        .into_paginator()
        .send();
    let mut regions = Regions::new();
    while let Some(page) = pages.next().await {
        for role in page.map_err(refused)?.roles() {
            let tags = aws.iam.list_role_tags().role_name(role.role_name());
            let tags = tags.send().await.map_err(refused)?;
            let tag = |key: &str| {
                tags.tags()
                    .iter()
                    .find(|tag| tag.key() == key)
                    .map(|tag| tag.value().to_owned())
            };
            if tag(STACK_TAG).as_deref() == Some(stack)
                && let Some(region) = tag(REGION_TAG)
            {
                note(&mut regions, region, tag(LEDGER_TAG));
            }
        }
    }
    Ok(regions)
}

/// Whether there is a VPC of the stack, and what it says of the ledger.
async fn ledger_of_vpc(
    ec2: &aws_sdk_ec2::Client,
    stack: &str,
) -> Result<Option<Option<String>>, CloudError> {
    let filter = Filter::builder()
        .name(format!("tag:{STACK_TAG}"))
        .values(stack)
        .build();
    let answer = ec2
        .describe_vpcs()
        .filters(filter)
        .send()
        .await
        .map_err(refused)?;
    let ledger = |vpc: &Vpc| {
        let tag = vpc.tags().iter().find(|tag| tag.key() == Some(LEDGER_TAG));
        tag.and_then(|tag| tag.value()).map(str::to_owned)
    };
    Ok(answer.vpcs().first().map(ledger))
}
