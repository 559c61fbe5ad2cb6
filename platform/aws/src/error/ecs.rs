//! Clusters, task definitions, services.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Rows 1, 4, 37, 38, 40, 41: ECS before its parents are visible everywhere.
    row("ecs", "", "InvalidParameterException", "verify that the ecs service role", Fault::NotYet),
    row("ecs", "", "InvalidParameterException", "unable to assume the service linked role", Fault::NotYet),
    row("ecs", "", "ClientException", "unable to assume", Fault::NotYet),
    row("ecs", "", "InvalidParameterException", "does not have an associated load balancer", Fault::NotYet),
    within(20 * 60, row("ecs", "", "InvalidParameterException", "still draining", Fault::NotYet)),
    row("ecs", "CreateService", "InvalidParameterException", "not idempotent", Fault::Exists),
    within(20 * 60, row("ecs", "", "InvalidParameterException", "while deployments are active", Fault::InUse)),
    within(10 * 60, row("ecs", "", "ClusterContains*", "", Fault::InUse)),
    within(60, row("ecs", "", "UpdateInProgressException", "", Fault::NotYet)),
    row("ecs", "Create", "ClusterNotFoundException", "", Fault::NotYet),
    row("ecs", "", "ClusterNotFoundException", "", Fault::NotFound),
    row("ecs", "", "ServiceNotFoundException", "", Fault::NotFound),
    row("ecs", "", "ServiceNotActiveException", "", Fault::NotFound),
    row("ecs", "DescribeTaskDefinition", "ClientException", "unable to describe task definition", Fault::NotFound),
    row("ecs", "DeregisterTaskDefinition", "ClientException", "unable to describe task definition", Fault::NotFound),
    row("ecs", "DeregisterTaskDefinition", "InvalidParameterException", "is inactive", Fault::NotFound),
];
