//! A queue's properties as SQS takes and gives them: text by attribute name.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName as Name;
use bella_engine::cloud::{CloudError, Fault};

use super::SqsQueue;
use crate::kinds::policy::Policy;

/// Attributes by name.
pub(super) type Attributes = HashMap<Name, String>;

/// What a queue's attributes are set to.
pub(super) fn all(queue: &SqsQueue) -> Attributes {
    let numbers = [
        (Name::MessageRetentionPeriod, queue.message_retention_period),
        (Name::VisibilityTimeout, queue.visibility_timeout),
        (
            Name::ReceiveMessageWaitTimeSeconds,
            queue.receive_message_wait_time,
        ),
    ];
    let mut all: Attributes = numbers
        .map(|(name, number)| (name, number.to_string()))
        .into();
    all.insert(Name::SqsManagedSseEnabled, queue.sse.to_string());
    all.extend(queue.policy.as_ref().map(|it| (Name::Policy, it.text())));
    all
}

/// The properties that a queue has.
pub(super) fn read(attributes: &Attributes) -> Result<SqsQueue, CloudError> {
    let number = |name: Name| {
        let text = attributes.get(&name).map(String::as_str);
        let number = text.unwrap_or("0").parse();
        number.map_err(|err| {
            let message = format!("{name} is {text:?}: {err}");
            CloudError::new(Fault::Rejected, "sqs", "GetQueueAttributes", message)
        })
    };
    let policy = attributes
        .get(&Name::Policy)
        .filter(|text| !text.is_empty());
    let policy = policy.map(|text| Policy::from_text("sqs", "GetQueueAttributes", text));
    let sse = attributes.get(&Name::SqsManagedSseEnabled);
    Ok(SqsQueue {
        message_retention_period: number(Name::MessageRetentionPeriod)?,
        visibility_timeout: number(Name::VisibilityTimeout)?,
        receive_message_wait_time: number(Name::ReceiveMessageWaitTimeSeconds)?,
        policy: policy.transpose()?,
        sse: sse.is_some_and(|text| text == "true"),
    })
}

/// The ARN of the queue of a URL `…/<account>/<name>` in `region`.
pub(super) fn arn_of(region: &str, url: &str) -> String {
    let mut parts = url.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let account = parts.next().unwrap_or_default();
    format!("arn:aws:sqs:{region}:{account}:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back() {
        let mut queue: SqsQueue =
            serde_json::from_str(r#"{"policy": {"Statement": []}}"#).expect("a queue");
        assert_eq!(read(&all(&queue)), Ok(queue.clone()));
        queue.policy = None;
        queue.sse = false;
        queue.visibility_timeout = 5;
        assert_eq!(read(&all(&queue)), Ok(queue));
        let broken = Attributes::from([(Name::VisibilityTimeout, "x".to_owned())]);
        assert_eq!(read(&broken).map_err(|err| err.fault), Err(Fault::Rejected));
    }

    #[test]
    fn arns_follow_urls() {
        let url = "https://sqs.ca-central-1.amazonaws.com/123456789012/bella-audit-0123abcd";
        let arn = "arn:aws:sqs:ca-central-1:123456789012:bella-audit-0123abcd";
        assert_eq!(arn_of("ca-central-1", url), arn);
    }
}
