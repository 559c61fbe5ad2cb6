//! Behaviours of the Simple Notification Service.

pub(super) mod endpoints;
pub(super) mod pending_subscriptions;
pub(super) mod topic_tags;
