//! Policy documents as IAM keeps them.

use bella_engine::cloud::CloudError;
use serde_json::Value;

use crate::kinds::Policy;

/// Whether a document that IAM answered means the same as `wanted`.
pub(super) fn is_same(operation: &str, answered: &str, wanted: &Value) -> Result<bool, CloudError> {
    let answered = Policy::from_wire(operation, answered)?;
    let wanted = Policy::from_text("iam", operation, &wanted.to_string())?;
    Ok(answered == wanted)
}
