//! Topics and subscriptions.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("sns", "CreateTopic", "InvalidParameter*", "already exists with different", Fault::Exists),
    // A topic or a queue this run was just given.
    within(60, row("sns", "Subscribe", "NotFound*", "", Fault::NotYet)),
    row("sns", "", "NotFound*", "", Fault::NotFound),
    row("sns", "", "ResourceNotFound*", "", Fault::NotFound),
    within(60, row("sns", "", "StaleTag*", "", Fault::NotYet)),
    within(60, row("sns", "", "ConcurrentAccess*", "", Fault::NotYet)),
];
