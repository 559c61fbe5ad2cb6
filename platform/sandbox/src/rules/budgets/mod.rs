//! Behaviours of AWS Budgets.

pub(super) mod cost_types;
pub(super) mod daily_forecasts;
pub(super) mod limits;
pub(super) mod notifications_for_account;
