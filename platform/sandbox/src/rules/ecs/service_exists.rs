use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: ServiceExists = ServiceExists;

pub(crate) struct ServiceExists;

/// Hash of the settings a service was created with, by caller, region, cluster and name.
type Created = BTreeMap<String, String>;

impl Rule for ServiceExists {
    fn name(&self) -> &'static str {
        "service-creation-idempotent"
    }

    fn about(&self) -> About {
        About::corrects(
            "Creating a service again with the very same settings answers with the one that is there, and with \
             others is refused.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("ecs", &["CreateService"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { create(self.name(), &turn).await })
    }
}

async fn create(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let (key, settings) = (key(turn.call, &body), short_hash(&settings(&body)));
    let asked = json!({
        "cluster": cluster(&body), "services": [body["serviceName"]], "include": ["TAGS"],
    });
    let described = turn.ecs("DescribeServices", &asked).await?;
    let existing = array(&described["services"])
        .iter()
        .find(|service| service["status"] == "ACTIVE");
    if let Some(service) = existing {
        let created: Created = turn.store.read(rule);
        return Ok(if created.get(&key) == Some(&settings) {
            Answer::json(StatusCode::OK, &json!({"service": service}))
        } else {
            Answer::error(
                turn.call,
                StatusCode::BAD_REQUEST,
                "InvalidParameterException",
                "Creation of service was not idempotent.",
            )
        });
    }
    let answer = turn.pass().await?;
    if answer.status.is_success() {
        let remember = |created: &mut Created| created.insert(key, settings);
        // Should it not be saved, an identical repetition is refused: stricter than AWS, never laxer.
        let _ = turn.store.change(rule, remember);
    }
    Ok(answer)
}

fn key(call: &Call, body: &Value) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let name = body["serviceName"].as_str().unwrap_or_default();
    let cluster = cluster(body);
    let cluster = cluster.rsplit('/').next().unwrap_or_default();
    format!(
        "{}/{}/{cluster}/{name}",
        text(&call.access_key),
        text(&call.region)
    )
}

fn cluster(body: &Value) -> &str {
    body["cluster"].as_str().unwrap_or("default")
}

/// The request without its token, which may differ between two attempts.
fn settings(body: &Value) -> String {
    let mut settings = body.clone();
    if let Some(fields) = settings.as_object_mut() {
        fields.remove("clientToken");
    }
    settings.to_string()
}
