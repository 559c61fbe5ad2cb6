//! Scaling of the service.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 5: the service or the service-linked role is not visible yet.
    within(120, row("applicationautoscaling", "", "ValidationException", "ecs service doesn't exist", Fault::NotYet)),
    within(120, row("applicationautoscaling", "", "ValidationException", "unable to assume iam role", Fault::NotYet)),
    within(120, row("applicationautoscaling", "Put", "ObjectNotFoundException", "", Fault::NotYet)),
    row("applicationautoscaling", "", "ObjectNotFoundException", "", Fault::NotFound),
    within(120, row("applicationautoscaling", "", "ConcurrentUpdateException", "", Fault::NotYet)),
];
