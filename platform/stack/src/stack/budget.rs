//! What a stack may cost.

use crate::value::Email;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the stack may cost, and who hears of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Budget {
    /// Limit in US dollars for a calendar month, more than 0. A plan above it is refused.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub monthly_usd: f64,
    /// Limit in US dollars for a day, more than 0. Default: no daily limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub daily_usd: Option<f64>,
    /// Percentages of a limit at which a message goes out, each 1 to 1000, rising, at most 4: with the
    /// forecast's they are as many as AWS takes for a budget. Of the daily limit only those from 100 on. Default: 50, 80, 100.
    #[serde(default = "alert_at")]
    #[schemars(inner(range(min = 1, max = 1000)), length(max = 4))]
    pub alert_at: Vec<u32>,
    /// Mailboxes that get the messages, at most 10. Default: the owner's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub notify: Vec<Email>,
}

fn alert_at() -> Vec<u32> {
    vec![50, 80, 100]
}
