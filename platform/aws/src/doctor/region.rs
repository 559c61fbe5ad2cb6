use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, region};

use crate::clients::Aws;
use crate::error::refused;

pub(super) async fn ask(aws: &Aws) -> Result<Vec<Finding>, CloudError> {
    let call = aws.ec2.describe_regions().all_regions(true);
    let answer = call.send().await.map_err(refused)?;
    let mut all = answer.regions().iter();
    let found = all.find(|one| one.region_name() == Some(aws.region()));
    let status = found.map(|one| one.opt_in_status().unwrap_or_default());
    Ok(vec![region(aws.region(), status)])
}
