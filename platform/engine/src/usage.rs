//! What objects use, in quantities; a price book turns them into money.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

/// What a month is assumed to look like. Every figure is a month's, unless it says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Assumptions {
    /// Hours an object exists and is paid for, by kind, where these are not a whole month: a
    /// schedule stops it, or it is deleted every night.
    pub hours: BTreeMap<String, Decimal>,
    /// Hours that everything else exists, where the stack lives for less than a month.
    pub life: Option<Decimal>,
    /// Named figures beside the hours, for example `log_gb`; a kind that needs one that is not
    /// here takes its own default, and says which in its documentation.
    pub figures: BTreeMap<String, Decimal>,
}

impl Assumptions {
    /// Hours in a month by AWS's own convention.
    pub const MONTH: Decimal = Decimal::from_parts(730, 0, 0, false, 0);

    /// Hours a month for which an object of `kind` is paid.
    #[must_use]
    pub fn hours(&self, kind: &str) -> Decimal {
        let own = self.hours.get(kind).copied();
        own.or(self.life).unwrap_or(Self::MONTH)
    }

    /// The part of a month for which an object of `kind` is paid, 1 for a whole one.
    #[must_use]
    pub fn months(&self, kind: &str) -> Decimal {
        self.hours(kind) / Self::MONTH
    }

    /// The part of a month for which the stack exists, 1 for a whole one: what is billed also while
    /// it is stopped, such as a disk.
    #[must_use]
    pub fn lifetime(&self) -> Decimal {
        self.life.unwrap_or(Self::MONTH) / Self::MONTH
    }

    /// The figure of that name, else `default`.
    #[must_use]
    pub fn figure(&self, name: &str, default: Decimal) -> Decimal {
        self.figures.get(name).copied().unwrap_or(default)
    }
}

/// Quantities a month, or the explicit statement that there are none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Usage {
    /// Costs nothing by itself. Has to be said.
    Free,
    /// One entry a component.
    Metered(Vec<Quantity>),
    /// Runs another object of the stack, which says what an hour of it uses.
    Running(Running),
}

/// So many hours of what another object describes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Running {
    /// The reference to that object as it stands in the properties, or its id.
    pub of: String,
    /// Hours a month, all copies together.
    pub hours: Decimal,
    /// How it is run, a word that the other kind knows, for example `FARGATE_SPOT`.
    pub way: String,
    /// What is used beside it.
    pub beside: Vec<Quantity>,
}

/// One component of an object's usage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantity {
    /// What a reader calls it, for example `vCPU`.
    pub component: &'static str,
    /// Units a month.
    pub quantity: Decimal,
    /// The price book's unit, for example `vCPU-hour`.
    pub unit: &'static str,
    /// Price list's service code, for example `AmazonECS`: usage types are not unique without it.
    pub service: &'static str,
    /// Usage type without the region's prefix, for example `Fargate-ARM-vCPU-Hours:perCPU`.
    pub usage_type: String,
    /// Engine or edition where one usage type has a price for each, for example `Valkey`; else
    /// empty.
    pub tier: &'static str,
}

impl Quantity {
    /// A quantity whose usage type has one price.
    #[must_use]
    pub fn new(
        component: &'static str,
        quantity: Decimal,
        unit: &'static str,
        service: &'static str,
        usage_type: impl Into<String>,
    ) -> Self {
        Self {
            component,
            quantity,
            unit,
            service,
            usage_type: usage_type.into(),
            tier: "",
        }
    }

    /// The same of an engine or edition that has a price of its own.
    #[must_use]
    pub fn tier(self, tier: &'static str) -> Self {
        Self { tier, ..self }
    }
}
