//! Revisions that never came to serve.

use bella_engine::cloud::{CloudError, Fault};

use crate::clients::Aws;
use crate::error::refused;

/// Deregisters a revision, so that the newest one that is left is the one that serves. Tasks that run from it go on; one that is
/// gone already is no error.
///
/// # Errors
/// AWS refuses.
pub async fn retire(aws: &Aws, revision: &str) -> Result<(), CloudError> {
    let call = aws.ecs.deregister_task_definition();
    match call.task_definition(revision).send().await.map_err(refused) {
        Err(error) if error.fault != Fault::NotFound => Err(error),
        _ => Ok(()),
    }
}
