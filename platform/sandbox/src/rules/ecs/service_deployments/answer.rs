use hyper::StatusCode;
use serde_json::{Value, json};

use super::history::{Kept, revision};
use super::{named, part, refused, seen, service};
use crate::gateway::Answer;
use crate::rules::rule::Outcome;
use crate::rules::turn::{Turn, array};

/// ListServiceDeployments gives so many a page unless asked otherwise, and at most.
const PAGE: usize = 100;

pub(super) async fn list(turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let cluster = body["cluster"].as_str().unwrap_or("default");
    let found = service(turn, cluster, body["service"].as_str().unwrap_or_default()).await?;
    if found.is_null() {
        return Ok(refused(
            turn,
            "ServiceNotFoundException",
            "Service not found.",
        ));
    }
    let kept = seen(turn, &found);
    let wanted = array(&body["status"]);
    let (after, before) = (&body["createdAt"]["after"], &body["createdAt"]["before"]);
    let fits = |it: &&Kept| {
        (wanted.is_empty() || wanted.contains(&json!(it.status)))
            && after.as_f64().is_none_or(|after| it.created >= after)
            && before.as_f64().is_none_or(|before| it.created <= before)
    };
    let all: Vec<&Kept> = kept.iter().rev().filter(fits).collect();
    let first = body["nextToken"]
        .as_str()
        .and_then(|token| token.parse().ok());
    let first = first.unwrap_or(0_usize).min(all.len());
    let most = body["maxResults"]
        .as_u64()
        .and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(PAGE).clamp(1, PAGE);
    let page = all[first..].iter().take(most);
    let page: Vec<Value> = page.map(|it| brief(&found, it)).collect();
    let mut answer = json!({"serviceDeployments": page});
    if first + most < all.len() {
        answer["nextToken"] = json!((first + most).to_string());
    }
    Ok(Answer::json(StatusCode::OK, &answer))
}

pub(super) async fn describe(turn: &Turn<'_>) -> Outcome {
    let of = |service: &Value, it: &Kept, _: &[Kept]| whole(service, it);
    let what = (
        "serviceDeploymentArns",
        "service-deployment",
        "serviceDeployments",
    );
    looked_up(turn, what, |it| it.name().to_owned(), of).await
}

pub(super) async fn revisions(turn: &Turn<'_>) -> Outcome {
    let of = |service: &Value, it: &Kept, _: &[Kept]| {
        json!({
            "serviceRevisionArn": part(arn(service), "service-revision", &revision(&it.of)),
            "serviceArn": service["serviceArn"],
            "clusterArn": service["clusterArn"],
            "taskDefinition": it.task_definition,
            "networkConfiguration": service["networkConfiguration"],
            "loadBalancers": service["loadBalancers"],
            "capacityProviderStrategy": service["capacityProviderStrategy"],
            "platformVersion": "1.4.0",
            "platformFamily": "Linux",
            "createdAt": it.created,
        })
    };
    let what = (
        "serviceRevisionArns",
        "service-revision",
        "serviceRevisions",
    );
    looked_up(turn, what, |it| revision(&it.of), of).await
}

/// What is asked for by ARNs in the field, of this kind, answered under a name; what is not there is a failure.
async fn looked_up(
    turn: &Turn<'_>,
    (field, kind, name): (&str, &str, &str),
    id: impl Fn(&Kept) -> String,
    of: impl Fn(&Value, &Kept, &[Kept]) -> Value,
) -> Outcome {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for asked in array(&turn.json()[field]) {
        let asked = asked.as_str().unwrap_or_default();
        let mut answer = None;
        if let Some((cluster, of_service, last)) = named(asked, kind) {
            let shown = service(turn, cluster, of_service).await?;
            let kept = seen(turn, &shown);
            let it = kept.iter().find(|it| id(it) == last);
            answer = it.map(|it| of(&shown, it, &kept));
        }
        match answer {
            Some(answer) => found.push(answer),
            None => failures.push(json!({"arn": asked, "reason": "MISSING"})),
        }
    }
    let mut answer = json!({"failures": failures});
    answer[name] = json!(found);
    Ok(Answer::json(StatusCode::OK, &answer))
}

fn arn(service: &Value) -> &str {
    service["serviceArn"].as_str().unwrap_or_default()
}

fn brief(service: &Value, it: &Kept) -> Value {
    without_nulls(json!({
        "serviceDeploymentArn": part(arn(service), "service-deployment", it.name()),
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": it.created,
        "startedAt": it.created,
        "finishedAt": it.finished,
        "targetServiceRevisionArn": part(arn(service), "service-revision", &revision(&it.of)),
        "status": it.status,
        "statusReason": it.reason,
    }))
}

fn whole(service: &Value, it: &Kept) -> Value {
    let of = |id: &str| part(arn(service), "service-revision", &revision(id));
    let sources: Vec<Value> = it.source.iter().map(|id| json!({"arn": of(id)})).collect();
    let mut answer = brief(service, it);
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("targetServiceRevisionArn");
    }
    answer["sourceServiceRevisions"] = json!(sources);
    answer["targetServiceRevision"] = json!({
        "arn": of(&it.of),
        "requestedTaskCount": it.tasks.requested,
        "runningTaskCount": it.tasks.running,
        "pendingTaskCount": it.tasks.pending,
    });
    answer["deploymentConfiguration"] = service["deploymentConfiguration"].clone();
    let breaker = &service["deploymentConfiguration"]["deploymentCircuitBreaker"];
    if breaker["enable"] == true {
        let status = if it.status.is_over() {
            "MONITORING_COMPLETE"
        } else {
            "MONITORING"
        };
        answer["deploymentCircuitBreaker"] =
            json!({"status": status, "failureCount": it.failed, "threshold": 3});
    }
    if let Some(rollback) = &it.rollback {
        answer["rollback"] = json!({
            "reason": rollback.reason,
            "startedAt": rollback.started,
            "serviceRevisionArn": of(&rollback.to),
        });
    }
    answer
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
