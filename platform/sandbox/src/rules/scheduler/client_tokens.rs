use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: ClientTokens = ClientTokens;

pub(crate) struct ClientTokens;

/// What was answered, by caller, region and all of a call.
type Answered = BTreeMap<String, Value>;

impl Rule for ClientTokens {
    fn name(&self) -> &'static str {
        "schedule-creation-idempotent"
    }

    fn about(&self) -> About {
        About::corrects(
            "Creating a schedule or a group again with the same `ClientToken` and settings answers as the first \
             call did; the emulator knows no token and takes it for another of the same name.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("scheduler", &["CreateSchedule", "CreateScheduleGroup"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { create(self.name(), &turn).await })
    }
}

async fn create(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    if body["ClientToken"].is_null() {
        return turn.pass().await;
    }
    let call = json!([
        turn.account().await?,
        turn.region(),
        turn.request.uri.path(),
        body
    ]);
    let key = short_hash(&call.to_string());
    let answer = turn.pass().await?;
    // It is there, and this very call made it.
    if answer.status == StatusCode::CONFLICT {
        let answered: Answered = turn.store.read(rule);
        return Ok(match answered.get(&key) {
            Some(first) => Answer::json(StatusCode::OK, first),
            None => answer,
        });
    }
    if answer.status.is_success() {
        let first: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let remember = |answered: &mut Answered| answered.insert(key, first);
        // Should it not be saved, an identical repetition is refused: stricter than AWS, never laxer.
        let _ = turn.store.change(rule, remember);
    }
    Ok(answer)
}
