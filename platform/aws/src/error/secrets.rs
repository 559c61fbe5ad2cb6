//! Secrets.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // Row 63: the name of a secret that goes is not free yet; also for a while after a forced delete.
    within(120, row("secretsmanager", "CreateSecret", "InvalidRequestException", "deletion", Fault::NotYet)),
    within(120, row("secretsmanager", "CreateSecret", "InvalidRequestException", "was deleted", Fault::NotYet)),
    row("secretsmanager", "DeleteSecret", "InvalidRequestException", "deletion", Fault::NotFound),
    within(120, row("secretsmanager", "RestoreSecret", "ResourceNotFoundException", "", Fault::NotYet)),
    row("secretsmanager", "", "ResourceExistsException", "", Fault::Exists),
];
