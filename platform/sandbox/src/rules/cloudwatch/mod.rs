//! Behaviours of CloudWatch: alarms and dashboards.

pub(super) mod alarm_actions;
pub(super) mod alarm_settings;
pub(super) mod alarm_states;
pub(super) mod dashboards;
pub(super) mod formulas;
mod older_form;
pub(super) mod older_protocol;

/// The name by which requests are signed.
const SERVICE: &str = "monitoring";
