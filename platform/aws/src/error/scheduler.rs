//! Schedules.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 3: a role that was just made. What it really does not trust is found out two minutes later.
    within(120, row("scheduler", "CreateSchedule", "ValidationException", "must allow aws eventbridge scheduler to assume", Fault::NotYet)),
    within(120, row("scheduler", "UpdateSchedule", "ValidationException", "must allow aws eventbridge scheduler to assume", Fault::NotYet)),
    // A group this run was just given.
    within(60, row("scheduler", "CreateSchedule", "ResourceNotFoundException", "group", Fault::NotYet)),
    row("scheduler", "Create", "ConflictException", "", Fault::Exists),
    within(60, row("scheduler", "", "ConflictException", "", Fault::NotYet)),
    row("scheduler", "", "ResourceNotFoundException", "", Fault::NotFound),
];
