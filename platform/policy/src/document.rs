//! What rules see: `input`, whose schema is a contract with whoever writes rules.

use std::collections::BTreeMap;

use bella_engine::cost::{cents, number};
use bella_engine::plan::{Action, Change, Origin, PlannedField};
use bella_stack::stack::{Budget, Environment};
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use crate::moment::Moment;

/// What rules see as `input`.
///
/// The document of `bella plan --json`, what the stack file says of the stack, and every resource that it wants. A text that AWS decides, and that is known only after apply, is an object with the one key `unknown`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Document {
    /// Name of the stack.
    pub stack: String,
    /// What it is for.
    pub environment: Environment,
    /// AWS region.
    pub region: String,
    /// Mailbox of the people who answer for it.
    pub owner: String,
    /// Cost centre; `unassigned` where the file names none.
    pub cost_center: String,
    /// The stack file's budget.
    pub budget: Budget,
    /// Life of an ephemeral stack in seconds; null where it stays.
    pub ttl_seconds: Option<u64>,
    /// Tags that every object of the stack carries, beside its address.
    pub tags: BTreeMap<String, String>,
    /// The command that asks.
    pub operation: Operation,
    /// Whether the cloud is an emulator: nobody calls the service there.
    pub rehearsal: bool,
    /// The time, in the zone of the stack's business hours.
    pub now: Moment,
    /// What the plan changes, by address; empty where there is no plan.
    pub changes: Vec<Changing>,
    /// Number of changes by action.
    pub summary: BTreeMap<String, usize>,
    /// What the stack is expected to cost.
    pub cost: Cost,
    /// Every resource that the stack wants, changed or not, those it needs before those that need it.
    pub resources: Vec<Wanted>,
}

/// The command that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// No cloud is asked: no changes are known.
    Validate,
    /// A plan is shown or carried out.
    Provision,
    /// A version of the service is rolled out.
    Deploy,
}

/// A line of the plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Changing {
    /// Which object.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// create, update, replace, delete, move or adopt.
    #[schemars(with = "String")]
    pub action: Action,
    /// Who moved: stack, drift or unknown.
    #[schemars(with = "String")]
    pub origin: Origin,
    /// AWS's id of the existing object; null for a new one.
    pub id: Option<String>,
    /// In words, where the fields do not say it.
    pub reason: Option<String>,
    /// What differs.
    pub fields: Vec<Field>,
    /// US dollars a month that the change adds; null where that is not known.
    pub monthly_usd_delta: Option<f64>,
    /// Whether the object holds data.
    pub holds_data: bool,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Field {
    /// Its dotted path.
    pub path: String,
    /// What is there.
    pub from: Value,
    /// What is wanted; may be `unknown`.
    pub to: Value,
    /// Whether the change needs a new object.
    pub forces_replacement: bool,
    /// Who moved: stack, drift or unknown.
    #[schemars(with = "String")]
    pub origin: Origin,
}

/// What the stack is expected to cost, and may.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Cost {
    /// US dollars a month; in the life of an ephemeral stack.
    pub monthly_usd: Option<f64>,
    /// The budget, US dollars a month.
    pub budget_monthly_usd: Option<f64>,
}

/// A resource that the stack wants.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Wanted {
    /// Its address, kind.name.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// What the plan does to it; null for nothing.
    #[schemars(with = "Option<String>")]
    pub action: Option<Action>,
    /// Whether it holds data.
    pub holds_data: bool,
    /// Its properties as its kind names them, defaults filled in.
    #[schemars(with = "serde_json::Map<String, Value>")]
    pub properties: Value,
}

impl Changing {
    /// A line of the plan with what it adds to the cost; `shown` is what becomes of wanted values.
    pub(crate) fn of(
        change: &Change,
        usd: Option<&Decimal>,
        holds_data: bool,
        shown: fn(&Value) -> Value,
    ) -> Self {
        Self {
            address: change.address.to_string(),
            kind: change.kind.clone(),
            action: change.action,
            origin: change.origin,
            id: change.id.clone(),
            reason: change.reason.clone(),
            fields: change
                .fields
                .iter()
                .map(|field| Field::of(field, shown))
                .collect(),
            monthly_usd_delta: usd.and_then(|usd| number(cents(*usd))),
            holds_data,
        }
    }
}

impl Field {
    fn of(field: &PlannedField, shown: fn(&Value) -> Value) -> Self {
        Self {
            path: field.change.path.clone(),
            from: field.change.from.clone(),
            to: shown(&field.change.to),
            forces_replacement: field.change.forces_replacement,
            origin: field.origin,
        }
    }
}

/// JSON Schema of [`Document`].
#[must_use]
pub fn schema() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<Document>()
}
