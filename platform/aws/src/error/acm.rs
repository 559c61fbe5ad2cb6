//! Certificates.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 31: the load balancer's listener is gone, and the news has not come through.
    within(20 * 60, row("acm", "", "ResourceInUseException", "", Fault::InUse)),
    within(120, row("acm", "", "RequestInProgressException", "", Fault::NotYet)),
];
