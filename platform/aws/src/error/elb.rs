//! Load balancers.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Rows 29, 30: a certificate that its validation has yet to issue.
    within(75 * 60, row("elasticloadbalancingv2", "CreateListener", "UnsupportedCertificate", "", Fault::NotYet)),
    within(75 * 60, row("elasticloadbalancingv2", "ModifyListener", "UnsupportedCertificate", "", Fault::NotYet)),
    within(75 * 60, row("elasticloadbalancingv2", "CreateListener", "CertificateNotFound", "", Fault::NotYet)),
    within(75 * 60, row("elasticloadbalancingv2", "ModifyListener", "CertificateNotFound", "", Fault::NotYet)),
    // Rows 24 to 29: load balancers.
    within(120, row("elasticloadbalancingv2", "", "ResourceInUse", "", Fault::InUse)),
    row("elasticloadbalancingv2", "", "Duplicate*", "", Fault::Exists),
    // Another stack's rule took the priority that was free a moment ago: a repeated create looks for the next.
    within(120, row("elasticloadbalancingv2", "CreateRule", "PriorityInUse", "", Fault::NotYet)),
    within(120, row("elasticloadbalancingv2", "Create", "*NotFound", "", Fault::NotYet)),
    // Row 27: an ARN this run was just given. What is really gone is found out two minutes later.
    within(120, row("elasticloadbalancingv2", "Modify", "*NotFound", "", Fault::NotYet)),
    row("elasticloadbalancingv2", "", "*NotFound", "", Fault::NotFound),
    within(300, row("elasticloadbalancingv2", "", "InvalidSubnet", "no internet gateway", Fault::NotYet)),
];
