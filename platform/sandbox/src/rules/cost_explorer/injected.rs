use hyper::StatusCode;
use serde_json::{Value, json};

use super::{lines, queue};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

/// Each call takes one; pages are answers with a `NextPageToken`, one after the other.
pub(crate) static RULE: Injected = Injected;

pub(crate) struct Injected;

/// What a body calls a bill.
const LINES: &str = "lines";
const REQUEST: &str = "POST /moto-api/static/ce/cost-and-usage-results";

impl Rule for Injected {
    fn name(&self) -> &'static str {
        "costs-injected"
    }

    fn about(&self) -> About {
        About::fills(
            "Answers for Cost Explorer to give, put in line under the path that moto has for it, so that one test \
             serves both: `{\"results\": [...]}` for `GetCostAndUsage`, and beyond moto `forecasts`, `dimensions` \
             and `tags`; or `lines`, a bill from which all questions are answered.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.operation == REQUEST
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { put(&turn) })
    }
}

fn put(turn: &Turn<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(&turn.request.body).unwrap_or_default();
    let fits = body.as_object().is_some_and(|given| {
        let known =
            |name: &String| name == LINES || queue::KINDS.iter().any(|(kind, _)| kind == name);
        !given.is_empty()
            && given
                .iter()
                .all(|(name, list)| known(name) && list.is_array())
    });
    if !fits {
        let message =
            "a JSON object of lists is wanted: results, forecasts, dimensions, tags, lines";
        return Ok(refused(StatusCode::BAD_REQUEST, message));
    }
    if !body[LINES].is_null() {
        let bill = match serde_json::from_value(body[LINES].clone()) {
            Ok(bill) => bill,
            Err(error) => return Ok(refused(StatusCode::BAD_REQUEST, &error.to_string())),
        };
        if let Err(error) = lines::replace(turn.store, bill) {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Ok(refused(status, &error.to_string()));
        }
    }
    for (kind, operation) in queue::KINDS {
        if let Err(error) = queue::add(turn.store, operation, array(&body[kind])) {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return Ok(refused(status, &error.to_string()));
        }
    }
    Ok(Answer::json(StatusCode::CREATED, &json!({})))
}

fn refused(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({ "message": message }))
}
