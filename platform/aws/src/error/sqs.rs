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
