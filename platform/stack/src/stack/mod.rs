//! The stack file's sections as types; their doc comments are the schema's descriptions.

mod alarms;
mod budget;
mod data;
mod ephemeral;
mod host;
mod network;
mod policy;
mod recipients;
mod schedule;
mod service;
mod usage;

pub use alarms::{Alarm, Severity};
pub use budget::Budget;
pub use data::{Cache, CacheEngine, CacheMode, Database, DatabaseEngine};
pub use ephemeral::{Ephemeral, Isolation, Life};
pub use host::Host;
pub use network::{Domain, Egress, Network};
pub use policy::{Exception, Policy};
pub use recipients::Recipients;
pub use schedule::{AutoShutdown, Day, Removal};
pub use service::{Architecture, Capacity, HealthCheck, Scaling, Service};
pub use usage::{FreeTier, Usage};

use crate::value::{CostCenter, Duration, Email, Region, ResourceAddress, StackName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One environment of the booking service: where it runs, how large it is, what it may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// File whose values this one starts from, relative to this file. Maps are merged, lists are replaced, `null` removes a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Name of the stack, unique in its account and region. It is part of every name and tag, so changing it makes another stack.
    #[schemars(length(max = 24))]
    pub stack: StackName,
    /// What the stack is for: production, staging or development. Production is protected from teardown and never stopped by a schedule.
    pub environment: Environment,
    /// AWS region the stack is in, such as ca-central-1. It cannot be changed for a stack that exists.
    pub region: Region,
    /// Mailbox of the people who answer for the stack; a tag on everything it has.
    pub owner: Email,
    /// Cost centre the stack is billed to; a tag on everything it has. Default: unassigned.
    #[serde(default = "unassigned")]
    pub cost_center: CostCenter,
    /// What the stack may cost.
    pub budget: Budget,
    /// Addresses, zones and the way out to the internet.
    #[serde(default)]
    pub network: Network,
    /// The booking service: size of a task, health check, scaling, environment.
    #[serde(default)]
    pub service: Service,
    /// The PostgreSQL database. Without this section the stack has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// The store of call sessions. Without this section sessions live in the one task's memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// The public name. Without this section the service answers HTTP on the load balancer's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
    /// Alarms, each with the runbook to open when it rings. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<Alarm>,
    /// Who hears of alarms. Without this section the owner does.
    #[serde(default, skip_serializing_if = "Recipients::is_default")]
    pub recipients: Recipients,
    /// Hours in which the stack is stopped to save money; not in production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_shutdown: Option<AutoShutdown>,
    /// Life of an ephemeral stack, counted from its last provisioning, such as 8h; not in production. Default: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Duration>,
    /// Limits for stacks that are made from this file for a while, by `bella ephemeral`.
    #[serde(default, skip_serializing_if = "Ephemeral::is_default")]
    pub ephemeral: Ephemeral,
    /// Further resources by address (kind.name), each with the properties of its kind as AWS names them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = { "format": "bella-resource-address", "pattern": "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$" }))]
    pub resources: BTreeMap<ResourceAddress, Map<String, Value>>,
    /// Old address to new address of resources that were renamed, so that they are kept and not replaced.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = { "format": "bella-resource-address", "pattern": "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$" }))]
    pub moved: BTreeMap<ResourceAddress, ResourceAddress>,
    /// What policies let through, by whom and until when.
    #[serde(default, skip_serializing_if = "Policy::is_default")]
    pub policy: Policy,
    /// What a month is assumed to look like; estimates of cost are made with it.
    #[serde(default, skip_serializing_if = "Usage::is_default")]
    pub usage: Usage,
    /// Where the record of runs is kept: local (a folder beside the stack file) or s3. Default: local.
    #[serde(default)]
    pub ledger: Ledger,
}

/// What a stack is for: production, staging or development.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Environment {
    Production,
    Staging,
    Development,
}

impl Environment {
    /// The word in the stack file, in tags and in the service's `ENVIRONMENT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
        }
    }
}

/// Where the record of runs is kept: local or s3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Ledger {
    #[default]
    Local,
    S3,
}

fn unassigned() -> CostCenter {
    "unassigned"
        .parse()
        .expect("the default is a valid tag value")
}
