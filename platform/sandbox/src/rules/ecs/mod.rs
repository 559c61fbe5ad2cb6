//! Behaviours of Amazon ECS.

pub(super) mod cluster_in_use;
pub(super) mod delete_active_revision;
pub(super) mod fargate_sizes;
pub(super) mod latest_active_revision;
pub(super) mod out_of_memory;
pub(super) mod pull_errors;
pub(super) mod service_deployments;
pub(super) mod service_exists;
pub(super) mod service_network;
pub(super) mod service_not_active;
pub(super) mod service_platform;
pub(super) mod service_references;
pub(super) mod service_target_group;
pub(super) mod stopped_by_scheduler;
pub(super) mod task_definition_defaults;
pub(super) mod task_definition_parts;
