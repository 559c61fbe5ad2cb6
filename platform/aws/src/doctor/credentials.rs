use aws_credential_types::provider::ProvideCredentials;
use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Finding, credentials};
use jiff::Timestamp;

use crate::clients::{Aws, Caller};

pub(super) async fn ask(aws: &Aws, caller: &Caller) -> Result<Vec<Finding>, CloudError> {
    let Some(provider) = aws.credentials() else {
        return Ok(vec![Finding::unknown(
            "credentials",
            "none are configured on this machine",
        )]);
    };
    Ok(vec![match provider.provide_credentials().await {
        Ok(found) => {
            let expires = found.expiry();
            let expires = expires.and_then(|at| Timestamp::try_from(at).ok());
            credentials(&caller.arn, expires, Timestamp::now())
        }
        Err(why) => Finding::unknown("credentials", why.to_string()),
    }])
}
