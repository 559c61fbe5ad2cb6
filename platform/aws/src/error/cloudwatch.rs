//! Alarms and dashboards.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("cloudwatch", "", "ResourceNotFound*", "", Fault::NotFound),
    row("cloudwatch", "", "DashboardNotFoundError", "", Fault::NotFound),
    // An alarm in the rule of a composite one goes after it.
    row("cloudwatch", "DeleteAlarms", "ValidationError", "composite alarm(s) depending on", Fault::InUse),
    within(60, row("cloudwatch", "PutCompositeAlarm", "ValidationError", "in the alarm rule do not exist", Fault::NotYet)),
    within(60, row("cloudwatch", "", "ConcurrentModificationException", "", Fault::NotYet)),
];
