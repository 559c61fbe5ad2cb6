//! One stack of a report.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Component, Point};
use crate::bridge::Step;
use crate::forecast::Forecast;
use crate::idle::IdleObject;
use crate::reconcile::Reconciled;
use crate::variable::Variable;

/// A stack's month, US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StackLine {
    /// Its name.
    pub stack: String,
    /// What it is for.
    pub environment: String,
    /// AWS region.
    pub region: String,
    /// Who answers for it.
    pub owner: String,
    /// Who pays.
    pub cost_center: String,
    /// What it may cost in the month.
    #[schemars(with = "String")]
    pub budget_usd: Decimal,
    /// What it was expected to cost in a whole month, or in its life.
    #[schemars(with = "String")]
    pub estimate_usd: Decimal,
    /// What it came to so far, by the meter.
    #[schemars(with = "String")]
    pub accrued_usd: Decimal,
    /// What it was billed so far, without credits, refunds and tax; `None` where the bill does not say.
    #[schemars(with = "Option<String>")]
    pub billed_usd: Option<Decimal>,
    /// The same with one-time payments spread over what they are for.
    #[schemars(with = "Option<String>")]
    pub effective_usd: Option<Decimal>,
    /// What the month will come to, by each way.
    pub forecast: Forecast,
    /// The one that variance and status go by: the scheduled one.
    #[schemars(with = "String")]
    pub forecast_usd: Decimal,
    /// From the budget to the forecast: all eight steps, whose sum is the difference.
    pub bridge: Vec<Step>,
    /// What accrued, component by component.
    pub components: Vec<Component>,
    /// Meter and bill over the days that are billed to their end.
    pub reconciliation: Vec<Reconciled>,
    /// The month day by day.
    pub series: Vec<Point>,
    /// What is paid for and does nothing.
    pub idle: Vec<IdleObject>,
    /// What calls came to beside it; `None` where the service did not say.
    pub calls: Option<Variable>,
    /// What is saved, and what could be.
    pub savings: Vec<Saving>,
    /// Who went over the budget in the month, and why.
    pub overrides: Vec<Override>,
    /// What the estimate takes for granted.
    pub assumptions: Vec<String>,
}

/// Money that is not spent, or need not be.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Saving {
    /// By what.
    pub what: String,
    /// US dollars a month.
    #[schemars(with = "String")]
    pub monthly_usd: Decimal,
    /// Whether it is done already.
    pub is_done: bool,
    /// The command that does it; empty where there is none to type.
    pub command: String,
}

/// A decision to go over the budget.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Override {
    /// The caller's identity, as AWS told it.
    pub by: String,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Why, in the caller's words.
    pub reason: String,
}

/// How a stack stands to its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has spent it.
    Over,
    /// It will, as things go.
    WillBeOver,
    /// It has spent four fifths of it, or more.
    Near,
    /// None of these.
    Within,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Over => "over",
            Self::WillBeOver => "will be over",
            Self::Near => "near",
            Self::Within => "within",
        })
    }
}

/// The share of a budget from which a stack is near it.
const NEAR: Decimal = Decimal::from_parts(8, 0, 0, false, 1);

impl StackLine {
    /// Budget less forecast: what is positive is left over.
    #[must_use]
    pub fn variance_usd(&self) -> Decimal {
        self.budget_usd - self.forecast_usd
    }

    /// The same in percent of the budget, to a tenth; 0 of no budget.
    #[must_use]
    pub fn variance_percent(&self) -> Decimal {
        let share = self.variance_usd().checked_div(self.budget_usd);
        (share.unwrap_or_default() * Decimal::ONE_HUNDRED).round_dp(1)
    }

    /// How it stands: by what it was billed or metered, whichever is more, and by its forecast.
    #[must_use]
    pub fn status(&self) -> Status {
        let spent = self.accrued_usd.max(self.billed_usd.unwrap_or_default());
        match () {
            () if spent >= self.budget_usd => Status::Over,
            () if self.forecast_usd >= self.budget_usd => Status::WillBeOver,
            () if spent >= self.budget_usd * NEAR => Status::Near,
            () => Status::Within,
        }
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} on {}: {}",
            self.by,
            self.at.strftime("%Y-%m-%d"),
            self.reason
        )
    }
}
