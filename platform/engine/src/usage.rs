//! What objects use, in quantities; a price book in another crate turns them into money.

use serde::Serialize;

/// What a month is assumed to look like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumptions {
    /// Hours in a month, 730 by AWS's own convention.
    pub hours_per_month: f64,
    /// Load balancer capacity units consumed on average (`cost.md` §1.3: 0.05 at this scale).
    pub load_balancer_capacity_units: f64,
    /// Log data ingested, in GB a month.
    pub log_gb_per_month: f64,
    /// Image data kept, in GB.
    pub image_gb: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            hours_per_month: 730.0,
            load_balancer_capacity_units: 0.05,
            log_gb_per_month: 0.5,
            image_gb: 0.2,
        }
    }
}

/// Quantities a month, or the explicit statement that there are none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Usage {
    /// Costs nothing by itself. Has to be said.
    Free,
    /// One entry a component.
    Metered(Vec<Quantity>),
}

/// One component of an object's usage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantity {
    /// What a reader calls it, for example `vCPU`.
    pub component: &'static str,
    /// Units a month.
    pub quantity: f64,
    /// The price list's unit, for example `vCPU-hour`.
    pub unit: &'static str,
    /// AWS usage type without the region's prefix, for example `Fargate-ARM-vCPU-Hours:perCPU`.
    pub usage_type: String,
}
