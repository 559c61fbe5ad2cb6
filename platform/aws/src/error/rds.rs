//! Databases.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 57: a second delete; what follows waits until it has gone.
    row("rds", "DeleteDBInstance", "InvalidDBInstanceState", "already being deleted", Fault::NotFound),
    // Row 55: the instance was just unprotected.
    within(120, row("rds", "DeleteDBInstance", "InvalidParameterCombination", "cannot delete protected", Fault::NotYet)),
    // Rows 51, 52: any change waits until the instance is available again, which does not count.
    within(300, row("rds", "", "InvalidDBInstanceState", "", Fault::NotYet)),
    // Row 53: a role, a group or a subnet that was just made.
    within(120, row("rds", "", "InvalidParameterValue", "iam role arn value is invalid", Fault::NotYet)),
    within(120, row("rds", "", "InvalidParameterValue", "invalid security group", Fault::NotYet)),
    within(120, row("rds", "CreateDBSubnetGroup", "InvalidSubnet", "", Fault::NotYet)),
    within(120, row("rds", "CreateDBInstance", "DBSubnetGroupNotFound*", "", Fault::NotYet)),
    within(300, row("rds", "CreateDBInstance", "DBParameterGroupNotFound*", "", Fault::NotYet)),
    within(300, row("rds", "ModifyDBInstance", "DBParameterGroupNotFound*", "", Fault::NotYet)),
    // Row 58: groups of an instance that still goes.
    row("rds", "", "InvalidDBSubnetGroupState*", "", Fault::InUse),
    row("rds", "", "InvalidDBParameterGroupState*", "", Fault::InUse),
    row("rds", "", "*AlreadyExists", "", Fault::Exists),
    row("rds", "", "*AlreadyExistsFault", "", Fault::Exists),
    row("rds", "", "*NotFound", "", Fault::NotFound),
    row("rds", "", "*NotFoundFault", "", Fault::NotFound),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::classify;

    #[test]
    fn refusals_mean_what_the_rows_say() {
        let cases = [
            (
                "DeleteDBInstance",
                "InvalidDBInstanceState",
                "Instance one is already being deleted.",
                Fault::NotFound,
            ),
            (
                "DeleteDBInstance",
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
                Fault::NotYet,
            ),
            (
                "ModifyDBInstance",
                "InvalidDBInstanceState",
                "RDS is configuring Enhanced Monitoring. Try your request later.",
                Fault::NotYet,
            ),
            (
                "CreateDBInstance",
                "InvalidParameterValue",
                "Invalid security group , groupId= sg-1, groupName=.",
                Fault::NotYet,
            ),
            (
                "CreateDBInstance",
                "DBSubnetGroupNotFoundFault",
                "",
                Fault::NotYet,
            ),
            (
                "CreateDBInstance",
                "DBInstanceAlreadyExists",
                "",
                Fault::Exists,
            ),
            (
                "DescribeDBInstances",
                "DBInstanceNotFound",
                "",
                Fault::NotFound,
            ),
            (
                "DeleteDBSubnetGroup",
                "InvalidDBSubnetGroupStateFault",
                "",
                Fault::InUse,
            ),
            (
                "DeleteDBSubnetGroup",
                "DBSubnetGroupNotFoundFault",
                "",
                Fault::NotFound,
            ),
            (
                "DeleteDBParameterGroup",
                "InvalidDBParameterGroupState",
                "",
                Fault::InUse,
            ),
        ];
        for (operation, code, text, expected) in cases {
            let found = classify("rds", operation, code, text).map(|(fault, _)| fault);
            assert_eq!(found, Some(expected), "{operation} {code} {text}");
        }
    }
}
