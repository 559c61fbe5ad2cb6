//! Behaviours of Elastic Load Balancing, version 2.

pub(super) mod action_target_groups;
pub(super) mod attribute_defaults;
pub(super) mod deletion_protection;
pub(super) mod duplicate_listener;
pub(super) mod health_checks;
pub(super) mod https_certificate;
pub(super) mod idempotent_creates;
pub(super) mod internet_gateway_needed;
pub(super) mod missing_listener;
pub(super) mod missing_target_group;
pub(super) mod names;
pub(super) mod one_balancer;
pub(super) mod pages;
pub(crate) mod routing;
pub(super) mod rule_priority;
pub(super) mod security_groups;
pub(super) mod tags_of_twenty;
pub(super) mod target_group_balancers;
pub(super) mod target_group_defaults;
pub(super) mod target_group_in_use;
pub(super) mod target_group_vpc;
pub(super) mod target_health;
pub(super) mod two_zones;
pub(super) mod zones_of_subnets;

const SERVICE: &str = "elasticloadbalancing";
