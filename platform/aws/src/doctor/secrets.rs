use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, secrets};

use crate::clients::Aws;

pub(super) async fn ask(aws: &Aws, stack: &str) -> Result<Vec<Finding>, CloudError> {
    let all = crate::secrets::list(aws, stack).await?;
    let pending = all.into_iter().filter(|one| one.deleted.is_some());
    let pending: Vec<String> = pending.map(|one| one.id).collect();
    Ok(secrets(&pending))
}
