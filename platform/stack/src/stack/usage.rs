//! What a month is assumed to look like: what no other part of the file says and a bill depends on.

use crate::value::ResourceAddress;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a month is assumed to look like. Estimates of cost are made with these figures; nothing is provisioned from them.
///
/// Each figure is a month's, and one that is left out has the default that its resource documents, which the estimate prints.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Usage {
    /// Whether other stacks of the account use up its monthly free tier (10 alarms, 10 custom metrics, 3 dashboards, 5 GB of logs,
    /// 100 GB out to the internet): used or unused. Default: used.
    pub free_tier: FreeTier,
    /// Resources of the stack that another budget pays for, by address. Estimates leave them out and say so. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_counted: Vec<ResourceAddress>,
    /// Calls that callers make.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub calls_per_month: Option<f64>,
    /// Tasks that run on average, between the least and the most of service.scaling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub average_tasks: Option<f64>,
    /// Load balancer capacity units in use on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub load_balancer_capacity_units: Option<f64>,
    /// Gigabytes of logs that are taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub log_gb: Option<f64>,
    /// Gigabytes of images in the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub image_gb: Option<f64>,
    /// Gigabytes of database backups beyond the size of the database's disk, which are free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub backup_gb: Option<f64>,
    /// Gigabytes through NAT gateways.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub nat_gb: Option<f64>,
    /// Gigabytes between availability zones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub cross_zone_gb: Option<f64>,
    /// Gigabytes out to the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub data_out_gb: Option<f64>,
    /// Millions of DNS queries for the domain. Those that an alias of the load balancer answers cost nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub dns_million_queries: Option<f64>,
    /// Tens of thousands of requests to Secrets Manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub secret_10k_requests: Option<f64>,
    /// Secrets that AWS services keep for the stack and bill as its own: the database's master password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub managed_secrets: Option<f64>,
    /// Custom CloudWatch metrics that the service publishes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub custom_metrics: Option<f64>,
    /// Metrics of CloudWatch Container Insights, where it is on; each is billed as a custom metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub insights_metrics: Option<f64>,
    /// Gigabytes in a serverless cache on average; AWS bills at least 0.1 of Valkey and 1 of Redis.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub cache_gb: Option<f64>,
    /// Millions of processing units of a serverless cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub cache_million_ecpu: Option<f64>,
    /// Gigabytes in S3 buckets of the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub s3_gb: Option<f64>,
    /// Requests to Cost Explorer, each page of an answer being one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub cost_explorer_requests: Option<f64>,
}

impl Usage {
    /// The figures that the file says, by the names that resources know them by; exact, as they are written.
    pub fn figures(&self) -> BTreeMap<String, serde_json::Number> {
        let Ok(Value::Object(map)) = serde_json::to_value(self) else {
            return BTreeMap::new();
        };
        map.into_iter()
            .filter_map(|(name, value)| match value {
                Value::Number(number) => Some((name, number)),
                _ => None,
            })
            .collect()
    }

    /// Whether the file says nothing.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether the account's free tier is used up by others: used or unused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum FreeTier {
    #[default]
    Used,
    Unused,
}

#[cfg(test)]
mod tests {
    use super::Usage;
    use serde_json::json;

    #[test]
    fn figures_are_those_that_are_written() {
        let usage: Usage = serde_json::from_value(
            json!({ "free_tier": "unused", "log_gb": 0.1, "calls_per_month": 1000 }),
        )
        .expect("a usage section");
        let figures: Vec<String> = usage
            .figures()
            .into_iter()
            .map(|(name, number)| format!("{name}={number}"))
            .collect();
        assert_eq!(figures, ["calls_per_month=1000.0", "log_gb=0.1"]);
    }
}
