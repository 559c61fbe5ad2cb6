//! DNS.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Rows 32, 33: one change of a zone at a time, five calls a second of an account.
    within(300, row("route53", "", "PriorRequestNotComplete", "", Fault::NotYet)),
    // Row 35: a batch is refused for what is there, or for what is no longer there as it was read.
    row("route53", "ChangeResourceRecordSets", "InvalidChangeBatch", "already exists", Fault::Exists),
    within(60, row("route53", "ChangeResourceRecordSets", "InvalidChangeBatch", "was not found", Fault::NotYet)),
    within(60, row("route53", "ChangeResourceRecordSets", "InvalidChangeBatch", "do not match the current values", Fault::NotYet)),
    // Row 36.
    row("route53", "", "NoSuchHostedZone", "", Fault::NotFound),
];
