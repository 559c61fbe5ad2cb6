use hyper::StatusCode;
use serde_json::{Value, json};

use super::{lingering, passing};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};
use crate::temper::Wait;

/// Rows 15 and 40 to 43 of AWS's behaviours.
pub(super) static RULE: Services = Services;

pub(super) struct Services;

const ROLLING: &str = "IN_PROGRESS";
const DRAINING: &str = "DRAINING";

impl Rule for Services {
    fn name(&self) -> &'static str {
        "service-states"
    }

    fn about(&self) -> About {
        About::corrects(
            "A rollout is in progress for minutes; a deleted service is draining before it is inactive, and its \
             tasks' interfaces outlive it.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "CreateService",
            "DeleteService",
            "DescribeServiceDeployments",
            "DescribeServices",
            "ListServiceDeployments",
            "UpdateService",
        ];
        call.is("ecs", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(&turn).await })
    }
}

async fn carry_out(turn: &Turn<'_>) -> Outcome {
    let asked = turn.json();
    let operation = turn.call.operation.as_str();
    let before = match operation {
        "CreateService" | "DeleteService" => {
            let name = &asked[if operation == "CreateService" {
                "serviceName"
            } else {
                "service"
            }];
            let cluster = asked["cluster"].as_str().unwrap_or("default");
            let body = json!({"cluster": cluster, "services": [name]});
            let described = turn.ecs("DescribeServices", &body).await?;
            array(&described["services"])
                .first()
                .cloned()
                .unwrap_or_default()
        }
        _ => Value::Null,
    };
    let arn = before["serviceArn"].as_str().unwrap_or_default();
    let drains = passing::of(turn, arn).is_some_and(|passing| passing.state == DRAINING);
    if operation == "CreateService" && drains {
        let message = "Unable to Start a service that is still Draining.";
        let code = "InvalidParameterException";
        return Ok(Answer::error(
            turn.call,
            StatusCode::BAD_REQUEST,
            code,
            message,
        ));
    }
    let answer = turn.pass().await?;
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if !answer.status.is_success() || body.is_null() {
        return Ok(answer);
    }
    let arn = body["service"]["serviceArn"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match operation {
        "CreateService" => passing::begin(turn, &arn, ROLLING, Wait::Rollout, None),
        "UpdateService" if rolls(&asked) => {
            passing::begin(turn, &arn, ROLLING, Wait::Rollout, None);
        }
        "DeleteService" => {
            passing::begin(turn, &arn, DRAINING, Wait::ServiceDrain, None);
            let network = before["networkConfiguration"].to_string();
            let is_public = network.contains("ENABLED");
            lingering::leave(turn, &arn, &arn, &network, is_public);
        }
        _ => {}
    }
    show(turn, &mut body["service"]);
    for list in ["services", "serviceDeployments"] {
        let all = body[list].as_array_mut();
        all.into_iter().flatten().for_each(|one| show(turn, one));
    }
    if body["service"].is_null()
        && let Some(fields) = body.as_object_mut()
    {
        fields.remove("service");
        fields.retain(|name, value| !(name.starts_with("service") && value.is_null()));
    }
    Ok(answer.with_body(body.to_string()))
}

/// Whether an update starts a rollout.
fn rolls(asked: &Value) -> bool {
    let fields = [
        "capacityProviderStrategy",
        "loadBalancers",
        "networkConfiguration",
        "platformVersion",
        "taskDefinition",
    ];
    asked["forceNewDeployment"] == true || fields.iter().any(|name| !asked[name].is_null())
}

/// A service or a deployment of one, in the state it passes through.
fn show(turn: &Turn<'_>, one: &mut Value) {
    let arn = one["serviceArn"].as_str().unwrap_or_default();
    let Some(passing) = passing::of(turn, arn) else {
        return;
    };
    if passing.state == DRAINING {
        if one["status"] == "INACTIVE" {
            one["status"] = json!(DRAINING);
        }
        return;
    }
    if one["status"] == "SUCCESSFUL" {
        one["status"] = json!(ROLLING);
    }
    let deployments = one["deployments"].as_array_mut();
    let primary = deployments
        .into_iter()
        .flatten()
        .find(|deployment| deployment["status"] == "PRIMARY");
    if let Some(primary) = primary {
        let id = primary["id"].as_str().unwrap_or_default();
        primary["rolloutStateReason"] = json!(format!("ECS deployment {id} in progress."));
        primary["rolloutState"] = json!(ROLLING);
    }
}
