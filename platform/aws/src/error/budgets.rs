//! Budgets.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("budgets", "", "DuplicateRecordException", "", Fault::Exists),
    row("budgets", "", "NotFoundException", "", Fault::NotFound),
    row("budgets", "", "ResourceLockedException", "", Fault::NotYet),
    row("budgets", "", "InternalErrorException", "", Fault::Ambiguous),
    within(60, row("budgets", "TagResource", "ResourceNotFound*", "", Fault::NotYet)),
];
