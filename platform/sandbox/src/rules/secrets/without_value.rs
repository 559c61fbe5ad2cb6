use std::collections::BTreeSet;

use hyper::StatusCode;
use serde_json::Value;

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

/// The emulator makes an empty version, which is hidden here.
pub(crate) static RULE: WithoutValue = WithoutValue;

pub(crate) struct WithoutValue;

/// Ids of the empty versions.
type Empty = BTreeSet<String>;

impl Rule for WithoutValue {
    fn name(&self) -> &'static str {
        "secret-without-value-has-no-version"
    }

    fn about(&self) -> About {
        About::corrects(
            "A secret that is made without a value has no version, and reading its value is refused.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateSecret",
                "DescribeSecret",
                "GetSecretValue",
                "ListSecretVersionIds",
                "ListSecrets",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let empty: Empty = turn.store.read(rule);
    match turn.call.operation.as_str() {
        "CreateSecret" => {
            let asked = turn.json();
            let has_value = ["SecretString", "SecretBinary"]
                .iter()
                .any(|field| !asked[field].is_null());
            if !has_value && let Some(id) = take(&mut body, "VersionId") {
                let remember = |empty: &mut Empty| empty.insert(id);
                // Should it not be saved, the version shows with no value in it.
                let _ = turn.store.change(rule, remember);
            }
        }
        "GetSecretValue" => {
            let id = body["VersionId"].as_str().unwrap_or_default();
            if empty.contains(id) {
                return Ok(Answer::error(
                    turn.call,
                    StatusCode::BAD_REQUEST,
                    "ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
                ));
            }
        }
        "DescribeSecret" => hide(&mut body["VersionIdsToStages"], &empty),
        "ListSecrets" => {
            for secret in body["SecretList"].as_array_mut().into_iter().flatten() {
                hide(&mut secret["SecretVersionsToStages"], &empty);
            }
        }
        _ => {
            let kept = array(&body["Versions"]).iter().filter(|version| {
                let id = version["VersionId"].as_str().unwrap_or_default();
                !empty.contains(id)
            });
            body["Versions"] = kept.cloned().collect();
        }
    }
    Ok(answer.with_body(body.to_string()))
}

fn take(body: &mut Value, field: &str) -> Option<String> {
    let taken = body.as_object_mut()?.remove(field)?;
    taken.as_str().map(str::to_owned)
}

/// A map without any entry is left out, as AWS does.
fn hide(stages: &mut Value, empty: &Empty) {
    if let Some(map) = stages.as_object_mut() {
        map.retain(|id, _| !empty.contains(id));
        if map.is_empty() {
            *stages = Value::Null;
        }
    }
}
