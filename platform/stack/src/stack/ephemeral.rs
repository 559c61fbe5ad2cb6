//! Stacks that are made for a while.

use super::Host;
use crate::value::{Duration, StackName};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What whoever makes a stack from this file for a while may have; `bella ephemeral` holds to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Ephemeral {
    /// The longest time to ask for at once, counted from then on. Default: 24h.
    pub max_ttl: Duration,
    /// The longest time that a stack may be there in all, however often it is extended. Default: 7d.
    pub max_age: Duration,
    /// How many such stacks a person may have at a time. Default: 5.
    #[schemars(range(min = 1))]
    pub max_per_owner: u32,
    /// What such stacks of a person may cost together, in US dollars a day. Default: 25.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub max_usd_per_day_per_owner: f64,
    /// What such a stack has to itself: full, everything; or shared, a service, a database and a name on the network, the servers and
    /// the load balancer of `host`. Default: full.
    pub isolation: Isolation,
    /// The stack that a shared one is a guest of: its name, in the same account and region; not one in production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<StackName>,
    /// The life of one stack: `bella ephemeral` says it, no file does.
    #[serde(skip)]
    pub life: Option<Life>,
    /// The host as AWS shows it; no file says it.
    #[serde(skip)]
    pub at: Option<Host>,
}

/// What a stack that is made for a while has to itself: full or shared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Isolation {
    #[default]
    Full,
    Shared,
}

/// The life of a stack that is made for a while.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// What it was asked for as, a branch for example.
    pub name: String,
    /// Who asked for it first.
    pub by: String,
    /// When it was asked for first.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// What an hour of it is estimated at, US dollars.
    pub hourly_usd: f64,
}

impl Default for Ephemeral {
    fn default() -> Self {
        Self {
            max_ttl: Duration::from_seconds(24 * 3_600),
            max_age: Duration::from_seconds(7 * 86_400),
            max_per_owner: 5,
            max_usd_per_day_per_owner: 25.0,
            isolation: Isolation::Full,
            host: None,
            life: None,
            at: None,
        }
    }
}

impl Ephemeral {
    /// Whether the file says nothing.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the stack lives on another one's servers.
    pub fn is_guest(&self) -> bool {
        self.isolation == Isolation::Shared
    }
}
