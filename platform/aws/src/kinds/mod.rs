//! The kinds: one file each, one line each in [`KINDS`].

mod alarms;
mod at_once;
mod balancer_attributes;
mod blockers;
mod budget;
mod cache_subnet_group;
mod cache_tags;
mod certificate;
mod cidr;
mod cloudwatch_tags;
mod composite_alarm;
mod dashboard;
mod db_instance;
mod db_parameter_group;
mod db_parameters;
mod db_subnet_group;
mod dns_name;
mod dns_record;
mod ec2_tags;
mod ecr_repository;
mod ecs_cluster;
mod ecs_container;
mod ecs_logs;
mod ecs_role;
mod ecs_service;
mod ecs_sidecar;
pub(crate) mod ecs_tags;
mod elastic_ip;
mod elb_tags;
mod iam_role;
mod internet_gateway;
mod lifecycle;
mod listener;
mod listener_rule;
mod load_balancer;
mod log_group;
mod metric_alarm;
mod nat_gateway;
mod number;
mod policy;
mod rds_tags;
mod replication_group;
mod role_details;
mod role_policies;
mod rollout;
mod route;
mod route_table;
mod route_table_association;
mod s3_bucket;
mod sample;
mod scaling_policy;
mod scaling_target;
mod schedule;
mod schedule_group;
mod secret;
mod security_group;
mod security_group_rule;
mod serverless_cache;
mod service_shape;
mod sns_subscription;
mod sns_topic;
mod sqs_queue;
mod subnet;
mod tag_lookup;
mod tagged;
mod target_group;
mod task_definition;
mod vpc;
mod vpc_endpoint;
mod when;

use bella_engine::resource::{Catalog, Of};

use crate::clients::Aws;

pub(crate) use alarms::of_look as stack_alarms;
pub use budget::Budget;
pub use cache_subnet_group::CacheSubnetGroup;
pub use certificate::Certificate;
pub use composite_alarm::CompositeAlarm;
pub use dashboard::Dashboard;
pub use db_instance::DbInstance;
pub use db_parameter_group::DbParameterGroup;
pub use db_subnet_group::DbSubnetGroup;
pub use dns_record::{Alias, DnsRecord};
pub use ecr_repository::EcrRepository;
pub use ecs_cluster::EcsCluster;
pub(crate) use ecs_logs::Logs;
pub use ecs_service::EcsService;
pub(crate) use ecs_sidecar::main_of;
pub use elastic_ip::ElasticIp;
pub use iam_role::IamRole;
pub use internet_gateway::InternetGateway;
pub use lifecycle::Lifecycle;
pub use listener::{Listener, Redirect};
pub use listener_rule::ListenerRule;
pub use load_balancer::LoadBalancer;
pub use log_group::LogGroup;
pub use metric_alarm::{Metric, MetricAlarm, Query};
pub use nat_gateway::NatGateway;
pub use number::Number;
pub use policy::Policy;
pub use replication_group::ReplicationGroup;
pub use route::Route;
pub use route_table::RouteTable;
pub use route_table_association::RouteTableAssociation;
pub use s3_bucket::S3Bucket;
pub use scaling_policy::{CustomMetric, ScalingPolicy};
pub use scaling_target::ScalingTarget;
pub use schedule::Schedule;
pub use schedule_group::ScheduleGroup;
pub use secret::Secret;
pub use security_group::SecurityGroup;
pub use security_group_rule::SecurityGroupRule;
pub use serverless_cache::ServerlessCache;
pub use sns_subscription::SnsSubscription;
pub(crate) use sns_subscription::unconfirmed;
pub use sns_topic::SnsTopic;
pub use sqs_queue::SqsQueue;
pub use subnet::Subnet;
pub use target_group::TargetGroup;
pub use task_definition::TaskDefinition;
pub use vpc::Vpc;
pub use vpc_endpoint::VpcEndpoint;
pub(crate) use when::timestamp;

/// Every kind the tool knows.
pub static KINDS: Catalog<Aws> = &[
    &Of::<Vpc>::NEW,
    &Of::<InternetGateway>::NEW,
    &Of::<Subnet>::NEW,
    &Of::<ElasticIp>::NEW,
    &Of::<NatGateway>::NEW,
    &Of::<RouteTable>::NEW,
    &Of::<Route>::NEW,
    &Of::<RouteTableAssociation>::NEW,
    &Of::<VpcEndpoint>::NEW,
    &Of::<SecurityGroup>::NEW,
    &Of::<SecurityGroupRule>::NEW,
    &Of::<IamRole>::NEW,
    &Of::<LogGroup>::NEW,
    &Of::<SnsTopic>::NEW,
    &Of::<SqsQueue>::NEW,
    &Of::<SnsSubscription>::NEW,
    &Of::<ScheduleGroup>::NEW,
    &Of::<Schedule>::NEW,
    &Of::<Budget>::NEW,
    &Of::<S3Bucket>::NEW,
    &Of::<EcrRepository>::NEW,
    &Of::<Secret>::NEW,
    &Of::<DbSubnetGroup>::NEW,
    &Of::<DbParameterGroup>::NEW,
    &Of::<DbInstance>::NEW,
    &Of::<CacheSubnetGroup>::NEW,
    &Of::<ReplicationGroup>::NEW,
    &Of::<ServerlessCache>::NEW,
    &Of::<Certificate>::NEW,
    &Of::<LoadBalancer>::NEW,
    &Of::<TargetGroup>::NEW,
    &Of::<Listener>::NEW,
    &Of::<ListenerRule>::NEW,
    &Of::<DnsRecord>::NEW,
    &Of::<EcsCluster>::NEW,
    &Of::<TaskDefinition>::NEW,
    &Of::<EcsService>::NEW,
    &Of::<ScalingTarget>::NEW,
    &Of::<ScalingPolicy>::NEW,
    &Of::<MetricAlarm>::NEW,
    &Of::<CompositeAlarm>::NEW,
    &Of::<Dashboard>::NEW,
];
