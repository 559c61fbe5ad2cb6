//! Behaviours of the Simple Notification Service.

pub(super) mod pending_subscriptions;
