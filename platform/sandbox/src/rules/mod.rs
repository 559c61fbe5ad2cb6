//! What the emulator gets wrong, one behaviour a file: each rule stands around the calls it applies to and may answer
//! itself, change the request, or change the emulator's answer. Adding one is a file and a line in `RULES`.

mod acm;
mod amendment;
mod budgets;
mod cloudwatch;
mod cost_explorer;
mod ec2;
mod ecr;
mod ecs;
mod elasticache;
mod elb;
mod form;
mod iam;
mod pricing;
mod quotas;
mod rds;
mod refusal;
mod route53;
mod rule;
mod scaling;
mod scheduler;
mod secrets;
mod sns;
mod store;
mod strict;
mod sts;
mod tagging;
mod turn;
pub(crate) mod xml;

pub use rule::Does;
pub(crate) use rule::Rule;
pub(crate) use store::Store;
pub(crate) use strict::{LATE, STATES};
pub(crate) use turn::run;

/// All rules; where several apply to one call, the earlier stands outside the later.
pub(crate) static RULES: &[&dyn Rule] = &[
    &ec2::dry_run::RULE,
    &ec2::filter_names::RULE,
    &ec2::pages::RULE,
    &ec2::client_tokens::RULE,
    &ec2::missing_ids::RULE,
    &ec2::missing_vpc::RULE,
    &ec2::vpc_range::RULE,
    &ec2::vpc_in_use::RULE,
    &ec2::zones::RULE,
    &ec2::subnet_zone::RULE,
    &ec2::subnet_conflict::RULE,
    &ec2::subnet_in_use::RULE,
    &ec2::internet_gateway_free::RULE,
    &ec2::one_internet_gateway::RULE,
    &ec2::internet_gateway_attached::RULE,
    &ec2::internet_gateway_detach::RULE,
    &ec2::one_route_per_destination::RULE,
    &ec2::route_gateway::RULE,
    &ec2::route_nat_gateway::RULE,
    &ec2::nat_gateways::RULE,
    &ec2::addresses::RULE,
    &ec2::address_in_use::RULE,
    &ec2::one_route_table_per_subnet::RULE,
    &ec2::association_state::RULE,
    &ec2::route_table_in_use::RULE,
    &ec2::endpoint_service::RULE,
    &ec2::endpoint_filters::RULE,
    &ec2::endpoint_missing::RULE,
    &ec2::endpoint_routes::RULE,
    &ec2::interface_filters::RULE,
    &ec2::reference_filters::RULE,
    &ec2::security_group_tags::RULE,
    &ec2::security_group_in_use::RULE,
    &ec2::rule_ports::RULE,
    &ec2::rule_ranges::RULE,
    &ec2::rule_group_missing::RULE,
    &ec2::duplicate_rule::RULE,
    &ec2::one_rule_per_peer::RULE,
    &ec2::missing_rule::RULE,
    &ec2::revoked_rules::RULE,
    &ec2::rule_descriptions::RULE,
    &ec2::replaced_rule::RULE,
    &ec2::cleared_rule_description::RULE,
    &elb::pages::RULE,
    &elb::zones_of_subnets::RULE,
    &elb::target_group_defaults::RULE,
    &elb::idempotent_creates::RULE,
    &elb::names::RULE,
    &elb::security_groups::RULE,
    &elb::target_group_vpc::RULE,
    &elb::two_zones::RULE,
    &elb::internet_gateway_needed::RULE,
    &elb::attribute_defaults::RULE,
    &elb::deletion_protection::RULE,
    &elb::duplicate_listener::RULE,
    &elb::target_group_in_use::RULE,
    &elb::target_group_balancers::RULE,
    &elb::missing_target_group::RULE,
    &elb::action_target_groups::RULE,
    &elb::rule_priority::RULE,
    &elb::missing_listener::RULE,
    &elb::https_certificate::RULE,
    &elb::tags_of_twenty::RULE,
    &ecs::cluster_in_use::RULE,
    &ecs::fargate_sizes::RULE,
    &ecs::task_definition_defaults::RULE,
    &ecs::latest_active_revision::RULE,
    &ecs::delete_active_revision::RULE,
    &ecs::service_references::RULE,
    &ecs::service_network::RULE,
    &ecs::service_target_group::RULE,
    &ecs::service_deployments::RULE,
    &ecs::service_exists::RULE,
    &ecs::service_not_active::RULE,
    &ecs::service_platform::RULE,
    &ecs::pull_errors::RULE,
    &ecr::lifecycle_policy::RULE,
    &ecr::repository_names::RULE,
    &ecr::missing_image::RULE,
    &iam::cleared_description::RULE,
    &iam::roles_in_pages::RULE,
    &iam::trust_policy::RULE,
    &iam::trusted_principals::RULE,
    &iam::attached_policy::RULE,
    &iam::service_linked_role_taken::RULE,
    &sts::trusted_callers::RULE,
    &acm::domain_names::RULE,
    &acm::idempotency_token::RULE,
    &acm::validation::RULE,
    &acm::in_use_by::RULE,
    &acm::in_use::RULE,
    &acm::listed_by_age::RULE,
    &route53::seeded_zone::RULE,
    &route53::zone_exists::RULE,
    &route53::records_of_zone::RULE,
    &route53::record_values::RULE,
    &route53::cname_alone::RULE,
    &route53::dnssec::RULE,
    &cloudwatch::older_protocol::RULE,
    &cloudwatch::alarm_settings::RULE,
    &cloudwatch::alarm_states::RULE,
    &cloudwatch::formulas::RULE,
    &cloudwatch::dashboards::RULE,
    &scaling::tags::RULE,
    &scaling::targets::RULE,
    &scaling::policies::RULE,
    &scaling::scheduled_actions::RULE,
    &sns::returned_arn::RULE,
    &sns::pending_subscriptions::RULE,
    &sns::pending_attributes::RULE,
    &sns::pending_unsubscribe::RULE,
    &sns::topic_tags::RULE,
    &sns::endpoints::RULE,
    &scheduler::untag_every_key::RULE,
    &scheduler::time_zones::RULE,
    &scheduler::expressions::RULE,
    &scheduler::universal_targets::RULE,
    &scheduler::execution_role::RULE,
    &scheduler::client_tokens::RULE,
    &scheduler::own_clock::RULE,
    &budgets::cost_types::RULE,
    &budgets::limits::RULE,
    &budgets::daily_forecasts::RULE,
    &budgets::notifications_for_account::RULE,
    &cost_explorer::injected::RULE,
    &cost_explorer::answers::RULE,
    &cost_explorer::anomaly_monitors::RULE,
    &pricing::catalogue::RULE,
    &elasticache::interfaces_in_use::RULE,
    &elasticache::group_references::RULE,
    &elasticache::node_types::RULE,
    &elasticache::node_settings::RULE,
    &rds::interfaces_in_use::RULE,
    &rds::group_exists::RULE,
    &rds::subnet_group_subnets::RULE,
    &rds::parameter_group_family::RULE,
    &rds::group_in_use::RULE,
    &rds::subnet_group_zones::RULE,
    &rds::instance_references::RULE,
    &rds::instance_values::RULE,
    &rds::stop_and_start::RULE,
    &rds::seven_days::RULE,
    &rds::storage::RULE,
    &rds::deletion::RULE,
    &rds::instance_settings::RULE,
    &rds::managed_password::RULE,
    &rds::orderable_options::RULE,
    &rds::point_in_time::RULE,
    &rds::promotion::RULE,
    &rds::snapshot_copies::RULE,
    &rds::servers::RULE,
    &secrets::name_pending_deletion::RULE,
    &secrets::request_token::RULE,
    &secrets::without_value::RULE,
    &secrets::owning_service::RULE,
    &tagging::RULE,
    &tagging::change::RULE,
    &quotas::RULE,
];
