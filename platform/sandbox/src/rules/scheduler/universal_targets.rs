use super::actions::ACTIONS;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

/// What a schedule does later fails silently (row 65 of AWS's behaviours).
pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-universal-target-refused",
    about: About::refuses(
        "A universal target names an operation that exists and that changes something: \"Using universal targets\" \
         in the user guide of EventBridge Scheduler.",
    ),
    service: "scheduler",
    operations: &["CreateSchedule", "UpdateSchedule"],
    check,
};

const PREFIX: &str = "arn:aws:scheduler:::aws-sdk:";

/// Beginnings of read-only operations, from the user guide.
const READS: [&str; 16] = [
    "get",
    "describe",
    "list",
    "poll",
    "receive",
    "search",
    "scan",
    "query",
    "select",
    "read",
    "lookup",
    "discover",
    "validate",
    "batchGet",
    "batchDescribe",
    "batchRead",
];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let arn = body["Target"]["Arn"].as_str().unwrap_or_default();
        let unfit = arn
            .strip_prefix(PREFIX)
            .filter(|action| !is_supported(action));
        Ok(unfit.map(|action| {
            Refused::new(
                "ValidationException",
                format!("The API action {action} is not a supported universal target."),
            )
        }))
    })
}

fn is_supported(action: &str) -> bool {
    let Some((service, operation)) = action.split_once(':') else {
        return false;
    };
    let is_read = READS.iter().any(|start| operation.starts_with(start));
    let known = ACTIONS.iter().find(|(name, _)| *name == service);
    !is_read && known.is_none_or(|(_, operations)| operations.contains(&operation))
}

#[cfg(test)]
mod tests {
    use super::is_supported;

    #[test]
    fn targets() {
        for (action, supported) in [
            ("rds:stopDBInstance", true),
            ("ecs:updateService", true),
            ("applicationautoscaling:registerScalableTarget", true),
            ("sqs:sendMessage", true),
            ("sqs:getQueueUrl", false),
            ("rds:describeDBInstances", false),
            ("rds:StopDBInstance", false),
            ("rds", false),
        ] {
            assert_eq!(is_supported(action), supported, "{action}");
        }
    }
}
