//! Objects that take more than one call to make.

use bella_engine::cloud::{CloudError, Fault};

/// The error of a call that follows the create call.
///
/// Whatever may pass becomes [`Fault::Ambiguous`]: the engine then looks for the object and goes on
/// with it, where for another fault it would make a second one.
pub(super) fn after_create(error: CloudError) -> CloudError {
    match error.fault {
        Fault::Denied | Fault::Rejected | Fault::Exists => error,
        _ => CloudError {
            fault: Fault::Ambiguous,
            ..error
        },
    }
}
