//! What a component of an object came to.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// What a component came to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Component {
    /// The object.
    pub address: String,
    /// What of it.
    pub component: String,
    /// As a bill shows it.
    pub usage_type: String,
    /// Units.
    #[schemars(with = "String")]
    pub quantity: Decimal,
    /// The unit.
    pub unit: String,
    /// US dollars a unit, at list price.
    #[schemars(with = "String")]
    pub unit_usd: Decimal,
    /// US dollars.
    #[schemars(with = "String")]
    pub usd: Decimal,
    /// Where the price was read.
    pub source: String,
    /// The day on which it was read.
    pub as_of: Option<String>,
    /// How sure it is: `high`, `medium`, `low`.
    pub confidence: String,
    /// Whether it was read longer ago than a price is trusted for.
    pub stale: bool,
}

impl Component {
    /// What a reader is to doubt of its price; empty where nothing is.
    #[must_use]
    pub fn doubt(&self) -> String {
        let low = (self.confidence == "low").then_some("low confidence");
        let stale = self.stale.then_some("stale");
        let doubts: Vec<&str> = low.into_iter().chain(stale).collect();
        doubts.join(", ")
    }
}
