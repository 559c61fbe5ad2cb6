//! The report: budget, estimate, meter, bill and forecast of stacks, side by side.
//!
//! - [`Report`]: the document, from which everything that is shown is made
//! - [`StackLine`]: one stack of it
//! - [`text`], [`markdown`]: for people

mod account;
mod allocation;
mod component;
mod estate;
pub mod focus;
mod html;
mod line;
mod markdown;
mod sections;
mod series;
mod spreadsheet;
mod stack_month;
mod terminal;

pub use account::{Account, Asking};
pub use allocation::{Allocation, Share};
pub use component::Component;
pub use estate::Estate;
pub use html::html;
pub use line::{Override, Saving, StackLine, Status};
pub use markdown::markdown;
pub use series::{Point, Spread, together};
pub use spreadsheet::{csv, guarded};
pub use stack_month::{Figures, StackMonth, TRUSTED_DAYS, midnight};
pub use terminal::text;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::anomaly::Anomaly;
use crate::bill::Line;
use crate::finding::Finding;
use crate::forecast::Band;

/// Where the schema is published, in the folder of the documentation.
pub const SCHEMA_PAGE: &str = "report.schema.json";

/// The schema as it is published.
#[must_use]
pub fn schema_page() -> String {
    let text = serde_json::to_string_pretty(&Report::schema()).unwrap_or_default();
    text + "\n"
}

/// Cost of stacks in a calendar month.
///
/// US dollars at list prices, before tax unless a field says so; days are UTC's. Amounts are texts, as AWS's own are, since they are exact
/// decimals. Variance is budget less forecast: what is positive is left over.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// The month, `2026-11`.
    pub month: String,
    /// The AWS account.
    pub account_id: String,
    /// The moment up to which the meter counted.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// When the bill was asked for last; `None` where nobody could.
    #[schemars(with = "Option<String>")]
    pub billed_as_of: Option<Timestamp>,
    /// Whether AWS says that some of the bill may still move.
    pub is_estimated: bool,
    /// The days on which the oldest and the latest of the prices in it were read.
    pub prices_as_of: Option<(String, String)>,
    /// `USD`.
    pub currency: String,
    /// One line a stack.
    pub stacks: Vec<StackLine>,
    /// The stacks of an environment, by its name.
    pub environments: BTreeMap<String, Estate>,
    /// All stacks of the report.
    pub estate: Estate,
    /// Who pays.
    pub allocation: Allocation,
    /// Days of the month on which a usage type cost far more than it does.
    pub anomalies: Vec<Anomaly>,
    /// The bill of the whole account.
    pub account: Option<Account>,
    /// What Cost Explorer expects of the month, for everything that carries a stack's tag.
    pub cost_explorer_forecast: Option<Band>,
    /// What asking Cost Explorer cost.
    pub asking: Asking,
    /// What a reader has to know.
    pub findings: Vec<Finding>,
    /// The billed lines that it is made of: the stacks' own, or all where no stack's are known. Only in the FOCUS format.
    #[serde(skip)]
    pub lines: Vec<Line>,
}

impl Report {
    /// The JSON Schema of the document, draft 2020-12.
    #[must_use]
    pub fn schema() -> Schema {
        SchemaGenerator::default().into_root_schema_for::<Self>()
    }

    /// Environments with production first, then staging, then development, then others.
    #[must_use]
    pub fn by_environment(&self) -> Vec<(&str, &Estate)> {
        let place = |name: &str| {
            let known = ["production", "staging", "development"];
            known
                .iter()
                .position(|known| *known == name)
                .unwrap_or(known.len())
        };
        let mut all: Vec<_> = self
            .environments
            .iter()
            .map(|(name, sums)| (name.as_str(), sums))
            .collect();
        all.sort_by_key(|(name, _)| (place(name), *name));
        all
    }
}
