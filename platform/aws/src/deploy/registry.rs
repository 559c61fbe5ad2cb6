//! Where images are pushed to.

use bella_engine::cloud::{CloudError, Fault};
use zeroize::Zeroizing;

use crate::clients::Aws;
use crate::error::refused;

/// A registry and the right to push to it, for the 12 hours that AWS gives.
pub struct Registry {
    /// Where it answers, such as `https://123456789012.dkr.ecr.ca-central-1.amazonaws.com`. An emulator's is its own, although
    /// the repositories' names say AWS's.
    pub endpoint: String,
    /// Always `AWS`.
    pub user: String,
    /// A token.
    pub password: Zeroizing<String>,
}

/// Asks ECR for the right to push.
///
/// # Errors
/// AWS refuses, or its answer has no token.
pub async fn registry(aws: &Aws) -> Result<Registry, CloudError> {
    let answer = aws.ecr.get_authorization_token().send().await;
    let answer = answer.map_err(refused)?;
    let unusable = || {
        CloudError::new(
            Fault::Rejected,
            "ecr",
            "GetAuthorizationToken",
            "the answer has no token of the form user:password",
        )
    };
    let data = answer.authorization_data().first().ok_or_else(unusable)?;
    let token = data.authorization_token().ok_or_else(unusable)?;
    let token = aws_smithy_types::base64::decode(token).map_err(|_| unusable())?;
    let token = Zeroizing::new(String::from_utf8(token).map_err(|_| unusable())?);
    let (user, password) = token.split_once(':').ok_or_else(unusable)?;
    Ok(Registry {
        endpoint: data.proxy_endpoint().unwrap_or_default().to_owned(),
        user: user.to_owned(),
        password: Zeroizing::new(password.to_owned()),
    })
}
