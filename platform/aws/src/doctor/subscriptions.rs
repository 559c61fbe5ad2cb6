use std::collections::BTreeSet;

use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, subscriptions};

use crate::alarms;
use crate::clients::Aws;

pub(super) async fn ask(aws: &Aws, stack: &str) -> Result<Vec<Finding>, CloudError> {
    let all = alarms::list(aws, stack).await?;
    let topics: BTreeSet<String> = all.into_iter().flat_map(|alarm| alarm.tells).collect();
    let topics: Vec<String> = topics.into_iter().collect();
    let told = alarms::subscribers(aws, &topics).await?;
    Ok(subscriptions(&told))
}
