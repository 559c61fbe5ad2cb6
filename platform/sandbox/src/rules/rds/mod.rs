//! Behaviours of Amazon RDS: databases with their subnet and parameter groups.

pub(super) mod instance_formats;
mod instances;
mod offers;

pub(super) mod deletion;
pub(super) mod group_exists;
pub(super) mod group_in_use;
pub(super) mod instance_references;
pub(super) mod instance_settings;
pub(super) mod instance_values;
pub(super) mod interfaces_in_use;
pub(super) mod managed_password;
pub(super) mod one_creation;
pub(super) mod orderable_options;
pub(super) mod parameter_group_family;
pub(super) mod point_in_time;
pub(super) mod promotion;
pub(super) mod servers;
pub(super) mod seven_days;
pub(super) mod snapshot_copies;
pub(super) mod snapshot_data;
pub(super) mod stop_and_start;
pub(super) mod storage;
pub(super) mod subnet_group_subnets;
pub(super) mod subnet_group_zones;

/// Its signing name.
const SERVICE: &str = "rds";
