//! Behaviours of the Simple Notification Service.

pub(super) mod endpoints;
pub(super) mod pending_attributes;
pub(super) mod pending_subscriptions;
pub(super) mod pending_unsubscribe;
pub(super) mod returned_arn;
pub(super) mod topic_tags;
