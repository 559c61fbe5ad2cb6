//! What policies let through in this stack.

use crate::value::{Date, Email, PolicyName, ResourceAddress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What policies let through in this stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Policy {
    /// Denials that are let through, each with who answers for it and until when. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
}

impl Policy {
    /// Whether the file says nothing.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A denial that is let through for a while; every plan says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Exception {
    /// The policy: its file's name without .rego, such as production_freeze.
    pub policy: PolicyName,
    /// The one resource it is for. Default: whatever the policy denies in this stack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ResourceAddress>,
    /// Mailbox of who answers for it.
    pub owner: Email,
    /// Why it is let through, in words that every plan repeats.
    #[schemars(length(min = 1, max = 300))]
    pub reason: String,
    /// The last day on which it counts, in the zone of the stack's business hours.
    pub expires: Date,
}
