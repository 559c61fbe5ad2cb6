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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::classify;

    #[test]
    fn refusals_mean_what_the_rows_say() {
        let cases = [
            (
                "CreateSecret",
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
                Fault::NotYet,
            ),
            ("CreateSecret", "ResourceExistsException", "", Fault::Exists),
            (
                "RestoreSecret",
                "ResourceNotFoundException",
                "",
                Fault::NotYet,
            ),
            (
                "DeleteSecret",
                "InvalidRequestException",
                "it was already scheduled for deletion",
                Fault::NotFound,
            ),
            (
                "DescribeSecret",
                "ResourceNotFoundException",
                "",
                Fault::NotFound,
            ),
        ];
        for (operation, code, text, expected) in cases {
            let found = classify("secretsmanager", operation, code, text).map(|(fault, _)| fault);
            assert_eq!(found, Some(expected), "{operation} {code} {text}");
        }
    }
}
