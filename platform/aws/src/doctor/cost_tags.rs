use bella_engine::cloud::CloudError;
use bella_engine::planner::STACK_TAG;
use bella_watch::doctor::{Finding, cost_tags};

use crate::clients::Aws;
use crate::error::refused;

pub(super) async fn ask(aws: &Aws) -> Result<Vec<Finding>, CloudError> {
    let call = aws.costs.list_cost_allocation_tags().tag_keys(STACK_TAG);
    let answer = call.send().await.map_err(refused)?;
    let mut all = answer.cost_allocation_tags().iter();
    let found = all.find(|one| one.tag_key() == STACK_TAG);
    let status = found.map(|one| one.status().as_str());
    Ok(vec![cost_tags(STACK_TAG, status)])
}
