//! Service deployments: the emulator shows none, and forgets a deployment once another has taken its place. They are
//! derived from what it shows of the service, whenever a service is made or changed and whenever somebody asks.

mod answer;
mod history;
mod shown;
mod stop;

use serde_json::{Value, json};

use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};
use history::{HEALTHY, Histories, Kept, observe};

pub(crate) static RULE: ServiceDeployments = ServiceDeployments;

pub(crate) struct ServiceDeployments;

const NAME: &str = "service-deployments-kept";

impl Rule for ServiceDeployments {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> About {
        About::fills(
            "A service keeps its deployments, with their revisions and how each ended; one under way can be stopped, \
             which puts the version before back.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        const OPERATIONS: &[&str] = &[
            "CreateService",
            "UpdateService",
            "DeleteService",
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "StopServiceDeployment",
        ];
        call.is("ecs", OPERATIONS)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.call.operation.as_str() {
                "DescribeServices" => shown::services(&turn).await,
                "ListServiceDeployments" => answer::list(&turn).await,
                "DescribeServiceDeployments" => answer::describe(&turn).await,
                "DescribeServiceRevisions" => answer::revisions(&turn).await,
                "StopServiceDeployment" => stop::stop(&turn).await,
                _ => changed(&turn).await,
            }
        })
    }
}

/// A service that was made, changed or deleted.
async fn changed(turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let service = &body["service"];
    if turn.call.operation == "DeleteService" {
        if let Some(arn) = service["serviceArn"].as_str() {
            change(turn, |all| all.remove(arn));
        }
    } else {
        seen(turn, &with_health(turn, service.clone()));
    }
    Ok(answer)
}

/// Keeps what a service shows; its deployments, oldest first.
fn seen(turn: &Turn<'_>, service: &Value) -> Vec<Kept> {
    let Some(arn) = service["serviceArn"].as_str() else {
        return Vec::new();
    };
    let known: Histories = turn.store.read(NAME);
    let before = known.get(arn).cloned().unwrap_or_default();
    let mut kept = before.clone();
    observe(&mut kept, service);
    if kept == before {
        return kept;
    }
    let watch = |all: &mut Histories| {
        let kept = all.entry(arn.to_owned()).or_default();
        observe(kept, service);
        kept.clone()
    };
    change(turn, watch)
}

/// Should it not be saved, it is derived again from what the emulator still shows.
fn change<R: Default>(turn: &Turn<'_>, change: impl FnOnce(&mut Histories) -> R) -> R {
    turn.store.change(NAME, change).unwrap_or_default()
}

/// A service by name or ARN, as the emulator shows it now; null when there is none.
async fn service(turn: &Turn<'_>, cluster: &str, service: &str) -> Result<Value, NoAnswer> {
    let asked = json!({"cluster": cluster, "services": [service]});
    let described = turn.ecs("DescribeServices", &asked).await?;
    let found = array(&described["services"]).first();
    let found = found.filter(|it| it["status"] != "INACTIVE").cloned();
    Ok(with_health(turn, found.unwrap_or_default()))
}

/// A service with how many of its tasks are healthy, where load balancers check them.
fn with_health(turn: &Turn<'_>, mut service: Value) -> Value {
    let groups: Vec<&str> = array(&service["loadBalancers"])
        .iter()
        .filter_map(|balancer| balancer["targetGroupArn"].as_str())
        .collect();
    let (Some(engine), false) = (turn.engine(), groups.is_empty()) else {
        return service;
    };
    let definition = service["taskDefinition"].as_str().unwrap_or_default();
    let healthy = engine.targets().healthy(&groups, definition);
    service[HEALTHY] = json!(healthy);
    service
}

/// The ARN of a part of a service: `arn:aws:ecs:<region>:<account>:<what>/<cluster>/<service>/<name>`.
fn part(service: &str, what: &str, name: &str) -> String {
    format!(
        "{}/{name}",
        service.replacen(":service/", &format!(":{what}/"), 1)
    )
}

/// Cluster, service and name that the ARN of a part names.
fn named<'a>(arn: &'a str, what: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let rest = arn.split_once(&format!(":{what}/"))?.1;
    let mut parts = rest.split('/');
    Some((parts.next()?, parts.next()?, parts.next()?))
}

fn refused(turn: &Turn<'_>, code: &str, message: &str) -> Answer {
    Answer::error(turn.call, hyper::StatusCode::BAD_REQUEST, code, message)
}
