//! Behaviours of EventBridge Scheduler.

pub(super) mod untag_every_key;
