use serde_json::Value;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

/// Reasons for which a service's scheduler stops a task, as they begin.
const REASONS: [&str; 1] = ["Task failed ELB health checks in "];

pub(crate) static RULE: Amendment = Amendment {
    name: "task-stopped-by-scheduler",
    about: About::corrects(
        "A task that its service stops has the stop code `ServiceSchedulerInitiated`; the emulator takes it for stopped \
         by a user.",
    ),
    service: "ecs",
    operations: &["DescribeTasks"],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        let mut changed = false;
        for task in body["tasks"].as_array_mut().into_iter().flatten() {
            let reason = task["stoppedReason"].as_str().unwrap_or_default();
            if REASONS.iter().any(|begins| reason.starts_with(begins)) {
                task["stopCode"] = "ServiceSchedulerInitiated".into();
                changed = true;
            }
        }
        match changed {
            true => Ok(Answer::json(answer.status, &body)),
            false => Ok(answer),
        }
    })
}
