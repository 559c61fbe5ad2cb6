//! Application Auto Scaling for services of ECS, which the emulator has not: targets and their
//! target tracking policies and scheduled actions. Nothing is scaled.

mod alarms;

pub(super) mod policies;
pub(super) mod registry;
pub(super) mod scheduled_actions;
pub(super) mod tags;
pub(super) mod targets;

/// The name by which requests are signed.
const SERVICE: &str = "application-autoscaling";
