//! Who hears of alarms.

use crate::value::Recipient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who hears of alarms, by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Recipients {
    /// The person on call: mailboxes, or https addresses of a paging service. Default: the owner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub critical: Vec<Recipient>,
    /// The team: mailboxes, or https addresses. Default: the owner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub warning: Vec<Recipient>,
}

impl Recipients {
    /// Whether the file names nobody.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
