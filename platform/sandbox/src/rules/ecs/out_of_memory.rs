use serde_json::Value;

use crate::gateway::Answer;
use crate::memory::explain;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Amendment = Amendment {
    name: "task-out-of-memory",
    about: About::corrects(
        "A container that holds more memory than it may is killed and says `OutOfMemoryError`. Only where servers are \
         real.",
    ),
    service: "ecs",
    operations: &["DescribeTasks"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        let mut explained = 0;
        for task in body["tasks"].as_array_mut().into_iter().flatten() {
            explained += usize::from(explain(turn.store, task));
        }
        match explained > 0 {
            true => Ok(Answer::json(answer.status, &body)),
            false => Ok(answer),
        }
    })
}
