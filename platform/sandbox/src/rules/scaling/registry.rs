use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::gateway::Answer;
use crate::home::short_hash;
use crate::rules::turn::Turn;

/// Document of the store that all of the service's rules share.
const DOCUMENT: &str = "application-autoscaling";

pub(super) const DIMENSION: &str = "ecs:service:DesiredCount";
pub(super) const VALIDATION: &str = "ValidationException";

/// Targets of one account and region by resource id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Registry {
    pub(super) targets: BTreeMap<String, Target>,
}

/// A scalable target as it is described, its policies and scheduled actions by name, and its tags.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) described: Value,
    pub(super) policies: BTreeMap<String, Value>,
    #[serde(default)]
    pub(super) scheduled: BTreeMap<String, Value>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}

/// A refusal: code and text.
pub(super) type Refusal = (&'static str, String);
pub(super) type Said = Result<Value, Refusal>;

/// Reads and changes what is registered for an account in the call's region, and answers.
pub(super) fn said(
    turn: &Turn<'_>,
    account: &str,
    work: impl FnOnce(&mut Registry) -> Said,
) -> Answer {
    let place = format!("{account}/{}", turn.region());
    let done = turn
        .store
        .change(DOCUMENT, |all: &mut BTreeMap<String, Registry>| {
            work(all.entry(place).or_default())
        });
    match done {
        Ok(Ok(value)) => Answer::json(StatusCode::OK, &value),
        Ok(Err((code, message))) => refuse(turn, code, &message),
        Err(error) => Answer::error(
            turn.call,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServiceException",
            &error.to_string(),
        ),
    }
}

pub(super) fn refuse(turn: &Turn<'_>, code: &str, message: &str) -> Answer {
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, message)
}

/// The sandbox has services of ECS only, which scale in one way.
pub(super) fn scales_services(body: &Value) -> Result<(), Refusal> {
    let is_dimension =
        body["ScalableDimension"].is_null() || body["ScalableDimension"] == DIMENSION;
    if body["ServiceNamespace"] == "ecs" && is_dimension {
        return Ok(());
    }
    let message = format!(
        "Unsupported service namespace, resource type or scalable dimension: {} {}",
        body["ServiceNamespace"], body["ScalableDimension"]
    );
    Err((VALIDATION, message))
}

pub(super) fn no_target(id: &str) -> Refusal {
    let message = format!(
        "No scalable target found for service namespace: ecs, resource ID: {id}, scalable dimension: {DIMENSION}"
    );
    ("ObjectNotFoundException", message)
}

/// Tags as a call has them, a map.
pub(super) fn tags(map: &Value) -> impl Iterator<Item = (String, String)> {
    let pairs = map.as_object().into_iter().flatten();
    pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
}

/// One page of `all` below `name`, at most `most` long, of the length that the caller asked for.
pub(super) fn page(body: &Value, name: &str, all: Vec<Value>, most: usize) -> Said {
    let size = match body["MaxResults"].as_u64() {
        None => most,
        Some(size) if (1..=most as u64).contains(&size) => usize::try_from(size).unwrap_or(most),
        Some(size) => {
            let message = format!("MaxResults {size} is not between 1 and {most}");
            return Err((VALIDATION, message));
        }
    };
    // The token is opaque to callers: here it is how many came before.
    let from = match body["NextToken"].as_str() {
        None => 0,
        Some(token) => token.parse().map_err(|_| {
            let message = format!("{token} is no token of this listing");
            ("InvalidNextTokenException", message)
        })?,
    };
    let mut answer = json!({});
    if from + size < all.len() {
        answer["NextToken"] = json!((from + size).to_string());
    }
    answer[name] = all.into_iter().skip(from).take(size).collect();
    Ok(answer)
}

/// An id in the form of AWS's, the same for the same text.
pub(super) fn uuid(text: &str) -> String {
    let digits = format!("{}{}", short_hash(text), short_hash(&format!("{text}+")));
    let digits: String = digits.chars().cycle().take(32).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::page;

    #[test]
    fn pages_follow_each_other() {
        let all = || vec![json!(1), json!(2), json!(3)];
        let first = page(&json!({"MaxResults": 2}), "All", all(), 50).expect("a page");
        assert_eq!(first, json!({"All": [1, 2], "NextToken": "2"}));
        let next = json!({"MaxResults": 2, "NextToken": "2"});
        assert_eq!(page(&next, "All", all(), 50), Ok(json!({"All": [3]})));
        let code = |body| page(&body, "All", all(), 50).map_err(|(code, _)| code);
        assert_eq!(code(json!({"MaxResults": 51})), Err("ValidationException"));
        let token = json!({"NextToken": "x"});
        assert_eq!(code(token), Err("InvalidNextTokenException"));
    }
}
