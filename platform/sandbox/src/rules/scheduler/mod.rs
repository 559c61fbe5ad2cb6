//! Behaviours of EventBridge Scheduler.

mod actions;

pub(super) mod client_tokens;
pub(super) mod execution_role;
pub(super) mod expressions;
pub(super) mod own_clock;
pub(super) mod time_zones;
pub(super) mod universal_targets;
pub(super) mod untag_every_key;
