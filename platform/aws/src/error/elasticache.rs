//! Caches.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 60: no state to wait out.
    row("elasticache", "", "InvalidCacheClusterState", "serving as primary", Fault::Rejected),
    row("elasticache", "", "InvalidCacheClusterState", "only member of a replication group", Fault::Rejected),
    // Row 60: any change waits until the cache is available again, which does not count.
    within(300, row("elasticache", "", "InvalidCacheClusterState*", "", Fault::NotYet)),
    within(600, row("elasticache", "", "InvalidReplicationGroupState*", "", Fault::NotYet)),
    within(600, row("elasticache", "", "InvalidServerlessCacheState*", "", Fault::NotYet)),
    // A subnet, a group or the role behind it that was just made.
    within(120, row("elasticache", "Create", "InvalidSubnet", "", Fault::NotYet)),
    within(120, row("elasticache", "", "InvalidParameterValue", "security group", Fault::NotYet)),
    within(120, row("elasticache", "Create", "CacheSubnetGroupNotFound*", "", Fault::NotYet)),
    within(120, row("elasticache", "Create", "ServiceLinkedRoleNotFoundFault", "", Fault::NotYet)),
    // Row 61.
    row("elasticache", "", "CacheSubnetGroupInUse", "", Fault::InUse),
    row("elasticache", "DeleteCacheSubnetGroup", "DependencyViolation", "", Fault::InUse),
    row("elasticache", "", "*AlreadyExists", "", Fault::Exists),
    row("elasticache", "", "*AlreadyExistsFault", "", Fault::Exists),
    row("elasticache", "", "*NotFound", "", Fault::NotFound),
    row("elasticache", "", "*NotFoundFault", "", Fault::NotFound),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::classify;

    #[test]
    fn refusals_mean_what_the_rows_say() {
        let cases = [
            (
                "ModifyReplicationGroup",
                "InvalidCacheClusterState",
                "It is serving as primary for replication group one.",
                Fault::Rejected,
            ),
            (
                "DeleteReplicationGroup",
                "InvalidReplicationGroupState",
                "Cache cluster one-001 is not in a valid state to be deleted.",
                Fault::NotYet,
            ),
            (
                "CreateReplicationGroup",
                "CacheSubnetGroupNotFoundFault",
                "",
                Fault::NotYet,
            ),
            (
                "CreateReplicationGroup",
                "ReplicationGroupAlreadyExists",
                "",
                Fault::Exists,
            ),
            (
                "CreateServerlessCache",
                "ServerlessCacheAlreadyExistsFault",
                "",
                Fault::Exists,
            ),
            (
                "DescribeServerlessCaches",
                "ServerlessCacheNotFoundFault",
                "",
                Fault::NotFound,
            ),
            (
                "DeleteCacheSubnetGroup",
                "CacheSubnetGroupInUse",
                "",
                Fault::InUse,
            ),
        ];
        for (operation, code, text, expected) in cases {
            let found = classify("elasticache", operation, code, text).map(|(fault, _)| fault);
            assert_eq!(found, Some(expected), "{operation} {code} {text}");
        }
    }
}
