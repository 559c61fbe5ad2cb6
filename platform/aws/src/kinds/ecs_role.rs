//! The service-linked role that ECS acts through; an account gets it with its first use of ECS.

use bella_engine::cloud::{CloudError, Fault};

use crate::clients::Aws;
use crate::error::{lacks_service_role, refused};

/// Permission of [`made_for`].
pub(super) const ACTION: &str = "iam:CreateServiceLinkedRole";

/// Makes the role when its absence is what `error` tells of (aws-behaviours row 4), and answers
/// the error to go on with: the call is repeated until the role is visible to ECS.
pub(super) async fn made_for(aws: &Aws, error: CloudError) -> CloudError {
    if !lacks_service_role(&error) {
        return error;
    }
    let call = aws.iam.create_service_linked_role();
    let call = call.aws_service_name("ecs.amazonaws.com");
    match call.send().await.map_err(refused) {
        Err(refusal) if refusal.fault != Fault::Exists => refusal,
        _ => error,
    }
}
