//! A bill of lines that a test gave, from which questions are answered.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::rules::store::Store;

/// Document of the store.
const DOCUMENT: &str = "cost-explorer-lines";

/// What was billed for one usage type on one day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) day: Date,
    /// `Amazon Relational Database Service` …
    pub(super) service: String,
    /// `CAN1-InstanceUsage:db.t4g.micro` …
    pub(super) usage_type: String,
    /// `Usage`, `Credit`, `Tax`, `Refund` …
    #[serde(default = "usage")]
    pub(super) record_type: String,
    /// Cost-allocation tags.
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    /// US dollars, negative for credits and refunds.
    pub(super) unblended: Decimal,
    /// US dollars; as unblended where it is not said.
    #[serde(default)]
    pub(super) amortized: Option<Decimal>,
    #[serde(default)]
    pub(super) quantity: Decimal,
    /// `Hrs`, `GB-Mo` …
    #[serde(default)]
    pub(super) unit: String,
}

fn usage() -> String {
    "Usage".to_owned()
}

impl Line {
    /// Amount and unit of a metric of Cost Explorer.
    pub(super) fn metric(&self, name: &str) -> (Decimal, &str) {
        match name {
            "UsageQuantity" | "NormalizedUsageAmount" => (self.quantity, &self.unit),
            "AmortizedCost" | "NetAmortizedCost" => {
                (self.amortized.unwrap_or(self.unblended), "USD")
            }
            _ => (self.unblended, "USD"),
        }
    }

    /// The value of a dimension of Cost Explorer, where a line has it.
    pub(super) fn dimension(&self, key: &str) -> Option<&str> {
        match key {
            "SERVICE" => Some(&self.service),
            "USAGE_TYPE" => Some(&self.usage_type),
            "RECORD_TYPE" => Some(&self.record_type),
            _ => None,
        }
    }
}

/// All lines that were given; none is what a test that injects whole answers has.
pub(super) fn all(store: &Store) -> Vec<Line> {
    store.read(DOCUMENT)
}

/// Puts lines in the place of those before.
pub(super) fn replace(store: &Store, lines: Vec<Line>) -> Result<(), crate::error::SandboxError> {
    store.change(DOCUMENT, |all: &mut Vec<Line>| *all = lines)
}
