//! Behaviours of Amazon ElastiCache.

pub(super) mod group_references;
pub(super) mod interfaces_in_use;
pub(super) mod node_settings;

/// Its signing name.
const SERVICE: &str = "elasticache";
