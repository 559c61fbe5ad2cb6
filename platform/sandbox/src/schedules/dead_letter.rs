use serde_json::{Value, json};

use super::agenda::Attempt;
use super::caller::call;
use super::service;
use super::target::{Failure, Invocation, seconds};
use crate::gateway::EmulatorClient;

/// Why no more attempts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exhausted {
    Attempts,
    Age,
}

impl Exhausted {
    fn name(self) -> &'static str {
        match self {
            Self::Attempts => "MaximumRetryAttempts",
            Self::Age => "MaximumEventAgeInSeconds",
        }
    }
}

/// What the dead-letter queue is sent: the target's input, and in the attributes that AWS documents what became of it.
pub(super) fn letter(
    attempt: &Attempt,
    failure: &Failure,
    exhausted: Exhausted,
) -> Option<Invocation> {
    let queue = attempt.target["DeadLetterConfig"]["Arn"].as_str()?;
    let body = attempt.target["Input"].as_str().unwrap_or("{}");
    let text = |value: &str| json!({"DataType": "String", "StringValue": value});
    let target = attempt.target["Arn"].as_str().unwrap_or_default();
    let input = json!({
        "QueueUrl": queue,
        "MessageBody": body,
        "MessageAttributes": {
            "ERROR_CODE": text(&failure.code),
            "ERROR_MESSAGE": text(&failure.message),
            "EXECUTION_ID": text(&attempt.execution),
            "EXHAUSTED_RETRY_CONDITION": text(exhausted.name()),
            "IS_PAYLOAD_TRUNCATED": text("false"),
            "RETRY_ATTEMPTS": text(&attempt.retries.to_string()),
            "SCHEDULED_TIME": text(&seconds(attempt.scheduled)),
            "SCHEDULE_ARN": text(&attempt.schedule_arn),
            "TARGET_ARN": text(target),
        },
    });
    Some(Invocation {
        service: service::find("sqs")?,
        operation: "SendMessage".to_owned(),
        input,
        resource: Some(queue.to_owned()),
    })
}

/// The input with the queue's URL where it has the queue's ARN, as the templated target does.
pub(super) async fn with_url(
    emulator: &EmulatorClient,
    invocation: &Invocation,
    attempt: &Attempt,
) -> Result<Value, Failure> {
    let mut input = invocation.input.clone();
    let arn = input["QueueUrl"].as_str().unwrap_or_default().to_owned();
    if invocation.service.name != "sqs" || !arn.starts_with("arn:") {
        return Ok(input);
    }
    let name = arn.rsplit(':').next().unwrap_or_default();
    let asked = json!({"QueueName": name});
    let place = &attempt.place;
    let answer = call(emulator, invocation.service, "GetQueueUrl", &asked, place).await?;
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    input["QueueUrl"] = answer["QueueUrl"].clone();
    Ok(input)
}
