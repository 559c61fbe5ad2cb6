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

#[cfg(test)]
mod tests {
    use super::super::classify;
    use super::*;

    #[test]
    fn row_03_a_role_that_is_not_trusted_yet_is_waited_for() {
        let cases = [
            (
                "CreateSchedule",
                "ValidationException",
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
                Fault::NotYet,
            ),
            (
                "CreateSchedule",
                "ResourceNotFoundException",
                "Schedule group a does not exist.",
                Fault::NotYet,
            ),
            (
                "GetSchedule",
                "ResourceNotFoundException",
                "Schedule a does not exist.",
                Fault::NotFound,
            ),
            (
                "CreateScheduleGroup",
                "ConflictException",
                "",
                Fault::Exists,
            ),
            (
                "DeleteScheduleGroup",
                "ConflictException",
                "",
                Fault::NotYet,
            ),
        ];
        for (operation, code, message, fault) in cases {
            let found = classify("scheduler", operation, code, message).map(|(fault, _)| fault);
            assert_eq!(found, Some(fault), "{operation} {code}");
        }
    }
}
