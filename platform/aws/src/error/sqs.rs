//! Queues. Codes come with or without a prefix: SQS speaks JSON and answers Query codes beside.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    // A name is free again 60 seconds after its queue was deleted (API reference of CreateQueue).
    within(70, row("sqs", "CreateQueue", "*QueueDeletedRecently", "", Fault::NotYet)),
    row("sqs", "CreateQueue", "*QueueNameExists", "", Fault::Exists),
    row("sqs", "CreateQueue", "*QueueAlreadyExists", "", Fault::Exists),
    row("sqs", "", "*NonExistentQueue", "", Fault::NotFound),
    row("sqs", "", "*QueueDoesNotExist", "", Fault::NotFound),
];

#[cfg(test)]
mod tests {
    use super::super::classify;
    use super::*;

    #[test]
    fn codes_mean_the_same_with_and_without_a_prefix() {
        let cases = [
            (
                "CreateQueue",
                "AWS.SimpleQueueService.QueueDeletedRecently",
                "",
                Fault::NotYet,
            ),
            ("CreateQueue", "QueueAlreadyExists", "", Fault::Exists),
            (
                "GetQueueUrl",
                "AWS.SimpleQueueService.NonExistentQueue",
                "",
                Fault::NotFound,
            ),
            (
                "GetQueueAttributes",
                "QueueDoesNotExist",
                "",
                Fault::NotFound,
            ),
        ];
        for (operation, code, message, fault) in cases {
            let found = classify("sqs", operation, code, message).map(|(fault, _)| fault);
            assert_eq!(found, Some(fault), "{operation} {code}");
        }
    }
}
