//! Roles.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("iam", "", "LimitExceeded", "rate", Fault::Throttled),
    // Rows 2, 6: IAM propagation and leftovers of a role.
    within(120, row("iam", "", "MalformedPolicyDocument*", "invalid principal", Fault::NotYet)),
    within(120, row("iam", "", "DeleteConflict", "", Fault::InUse)),
    within(120, row("iam", "", "ConcurrentModification*", "", Fault::NotYet)),
    row("iam", "", "EntityAlreadyExists", "", Fault::Exists),
    row("iam", "CreateServiceLinkedRole", "InvalidInput*", "has been taken", Fault::Exists),
    row("iam", "", "NoSuchEntity", "", Fault::NotFound),
];
