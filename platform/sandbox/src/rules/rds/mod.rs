//! Behaviours of Amazon RDS: databases with their subnet and parameter groups.

mod instances;

pub(super) mod deletion;
pub(super) mod group_exists;
pub(super) mod group_in_use;
pub(super) mod instance_references;
pub(super) mod instance_settings;
pub(super) mod interfaces_in_use;
pub(super) mod managed_password;
pub(super) mod storage;
pub(super) mod subnet_group_zones;

/// Its signing name.
const SERVICE: &str = "rds";
