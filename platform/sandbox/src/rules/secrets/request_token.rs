use std::collections::BTreeSet;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

/// Row 63 of AWS's behaviours.
pub(crate) static RULE: RequestToken = RequestToken;

pub(crate) struct RequestToken;

impl Rule for RequestToken {
    fn name(&self) -> &'static str {
        "secret-request-token"
    }

    fn about(&self) -> About {
        About::corrects(
            "A call repeated with its `ClientRequestToken` makes no second version: with the same value it answers \
             as the first did, with another it is refused (API reference of `PutSecretValue`).",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &["CreateSecret", "ListSecretVersionIds", "PutSecretValue"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.call.operation.as_str() {
                "ListSecretVersionIds" => listed(self.name(), &turn).await,
                _ => carry_out(self.name(), &turn).await,
            }
        })
    }
}

/// Ids that the emulator gave to versions which have one by token.
type Renamed = BTreeSet<String>;

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let is_new = turn.call.operation == "CreateSecret";
    let id = &body[if is_new { "Name" } else { "SecretId" }];
    let token = &body["ClientRequestToken"];
    if token.is_null() {
        return turn.pass().await;
    }
    let asked = json!({"SecretId": id, "VersionId": token});
    let version = turn.secrets("GetSecretValue", &asked).await?;
    if version.is_null() {
        let answer = turn.pass().await?;
        return if is_new && answer.status.is_success() {
            named_by_token(rule, turn, &body, answer).await
        } else {
            Ok(answer)
        };
    }
    let is_same = ["SecretString", "SecretBinary"]
        .iter()
        .all(|part| version[part] == body[part]);
    Ok(if is_same {
        told(&version, is_new)
    } else if is_new {
        let id = id.as_str().unwrap_or_default();
        exists(
            turn,
            &format!("The operation failed because the secret {id} already exists."),
        )
    } else {
        let token = token.as_str().unwrap_or_default();
        exists(
            turn,
            &format!(
                "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {}.",
                version["ARN"].as_str().unwrap_or_default()
            ),
        )
    })
}

/// A secret's first version is named by the token of its making. The emulator names it itself: the value is put once
/// more under the token, and the other version loses its label and is no longer listed.
async fn named_by_token(
    rule: &'static str,
    turn: &Turn<'_>,
    body: &Value,
    answer: Answer,
) -> Outcome {
    let mut made: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut value = json!({
        "SecretId": made["ARN"], "ClientRequestToken": body["ClientRequestToken"],
    });
    let mut has_value = false;
    for part in ["SecretString", "SecretBinary"] {
        if let Some(given) = body.get(part) {
            value[part] = given.clone();
            has_value = true;
        }
    }
    if !has_value {
        return Ok(answer);
    }
    turn.secrets("PutSecretValue", &value).await?;
    let unlabel = json!({
        "SecretId": made["ARN"], "VersionStage": "AWSPREVIOUS", "RemoveFromVersionId": made["VersionId"],
    });
    turn.secrets("UpdateSecretVersionStage", &unlabel).await?;
    if let Some(id) = made["VersionId"].as_str() {
        let hide = |renamed: &mut Renamed| renamed.insert(id.to_owned());
        // Should it not be saved, the version is listed among the deprecated ones.
        let _ = turn.store.change(rule, hide);
    }
    made["VersionId"] = body["ClientRequestToken"].clone();
    Ok(answer.with_body(made.to_string()))
}

/// The versions of a secret; those without a label only to who asks for deprecated ones.
async fn listed(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let renamed: Renamed = turn.store.read(rule);
    let deprecated = turn.json()["IncludeDeprecated"] == true;
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if let Some(versions) = body["Versions"].as_array_mut() {
        versions.retain(|version| {
            let id = version["VersionId"].as_str().unwrap_or_default();
            let is_labelled = !array(&version["VersionStages"]).is_empty();
            !renamed.contains(id) && (is_labelled || deprecated)
        });
    }
    Ok(answer.with_body(body.to_string()))
}

fn told(version: &Value, is_new: bool) -> Answer {
    let mut answer = json!({
        "ARN": version["ARN"], "Name": version["Name"], "VersionId": version["VersionId"],
    });
    if !is_new {
        answer["VersionStages"] = version["VersionStages"].clone();
    }
    Answer::json(StatusCode::OK, &answer)
}

fn exists(turn: &Turn<'_>, message: &str) -> Answer {
    let code = "ResourceExistsException";
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, message)
}
