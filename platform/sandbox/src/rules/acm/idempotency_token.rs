use std::collections::BTreeMap;

use serde_json::json;

use super::SERVICE;
use super::validation::{Status, status};
use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: IdempotencyToken = IdempotencyToken;

pub(crate) struct IdempotencyToken;

/// Hash of caller, region and token, to ARN.
type Requested = BTreeMap<String, String>;

impl Rule for IdempotencyToken {
    fn name(&self) -> &'static str {
        "certificate-idempotency-token"
    }

    fn about(&self) -> About {
        About::corrects(
            "A certificate requested again with its token is the one that was requested first.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["RequestCertificate"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { request(self.name(), &turn).await })
    }
}

async fn request(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let request = turn.json();
    let Some(token) = request["IdempotencyToken"].as_str() else {
        return turn.pass().await;
    };
    let key = short_hash(&format!(
        "{:?} {} {token}",
        turn.call.access_key,
        turn.region()
    ));
    let known: Requested = turn.store.read(rule);
    if let Some(arn) = known.get(&key)
        && status(turn, arn).await? != Status::Missing
    {
        let body = json!({"CertificateArn": arn});
        return Ok(Answer::new(
            hyper::StatusCode::OK,
            "application/x-amz-json-1.1",
            body.to_string(),
        ));
    }
    let answer = turn.pass().await?;
    let made: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if let Some(arn) = made["CertificateArn"].as_str() {
        // Should it not be saved, a repetition makes a second certificate, as without this rule.
        let _ = turn.store.change(rule, |known: &mut Requested| {
            known.insert(key, arn.to_owned())
        });
    }
    Ok(answer)
}
