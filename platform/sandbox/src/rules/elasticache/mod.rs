//! Behaviours of Amazon ElastiCache.

pub(super) mod group_formats;
pub(super) mod group_references;
pub(super) mod interfaces_in_use;
pub(super) mod node_settings;
pub(super) mod node_types;

/// Its signing name.
const SERVICE: &str = "elasticache";
