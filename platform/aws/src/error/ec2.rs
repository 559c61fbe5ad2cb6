//! The network.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Rows 13, 17, 18, 20, 22: things in use.
    row("ec2", "", "DependencyViolation", "", Fault::InUse),
    row("ec2", "", "InvalidGroup.InUse", "", Fault::InUse),
    within(300, row("ec2", "ReleaseAddress", "InvalidIPAddress.InUse", "", Fault::InUse)),
    within(300, row("ec2", "ReleaseAddress", "AuthFailure", "permission to access the specified resource", Fault::InUse)),
    row("ec2", "", "InvalidIPAddress.InUse", "", Fault::InUse),
    // Row 19: not a code that ends in `.NotFound`.
    row("ec2", "", "NatGatewayNotFound", "", Fault::NotFound),
    // Row 12 and duplicates.
    row("ec2", "", "InvalidPermission.Duplicate", "", Fault::Exists),
    row("ec2", "", "InvalidGroup.Duplicate", "", Fault::Exists),
    row("ec2", "", "RouteAlreadyExists", "", Fault::Exists),
    row("ec2", "", "Resource.AlreadyAssociated", "", Fault::Exists),
    row("ec2", "", "InvalidSubnet.Conflict", "", Fault::Exists),
    // Row 12: a VPC without an IPv6 range has no IPv6 default rule; a new group may not be visible
    // to the call that takes its default rules away.
    row("ec2", "RevokeSecurityGroup", "InvalidParameterValue", "remote-ipv6-range", Fault::NotFound),
    within(120, row("ec2", "RevokeSecurityGroup", "InvalidGroup.NotFound", "", Fault::NotYet)),
    // A gateway that is just being attached, and one whose predecessor is just being detached.
    within(60, row("ec2", "CreateRoute", "InvalidParameterValue", "belong to different networks", Fault::NotYet)),
    within(60, row("ec2", "AttachInternetGateway", "InvalidParameterValue", "already has an internet gateway", Fault::InUse)),
    // Row 10: a burst of VPCs passes, other quotas do not.
    within(90, row("ec2", "", "VpcLimitExceeded", "", Fault::NotYet)),
    // Row 11: ids this run was just given.
    row("ec2", "Delete", "Gateway.NotAttached", "", Fault::NotFound),
    row("ec2", "Detach", "Gateway.NotAttached", "", Fault::NotFound),
    within(120, row("ec2", "Create", "*.NotFound", "", Fault::NotYet)),
    within(120, row("ec2", "Attach", "*.NotFound", "", Fault::NotYet)),
    within(120, row("ec2", "Associate", "*.NotFound", "", Fault::NotYet)),
    within(120, row("ec2", "Authorize", "*.NotFound", "", Fault::NotYet)),
    within(120, row("ec2", "Modify", "*.NotFound", "", Fault::NotYet)),
    row("ec2", "", "*.NotFound", "", Fault::NotFound),
    row("ec2", "", "InvalidVpcEndpoint*NotFound", "", Fault::NotFound),
];
