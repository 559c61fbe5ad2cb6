use hyper::StatusCode;
use serde_json::{Value, json};

use super::history::{Histories, Kept, Rollback, Status, now};
use super::{change, named, refused, seen, service};
use crate::gateway::{Answer, NoAnswer};
use crate::rules::rule::Outcome;
use crate::rules::turn::{Turn, array};

/// Room for the version that is put back beside the one that serves and the one that fails; a service's usual limit
/// would have the emulator stop a task that serves.
const ROOM: u32 = 300;

pub(super) async fn stop(turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let asked = body["serviceDeploymentArn"].as_str().unwrap_or_default();
    let missing = || {
        refused(
            turn,
            "ServiceDeploymentNotFoundException",
            "Service deployment not found.",
        )
    };
    let Some((cluster, of_service, name)) = named(asked, "service-deployment") else {
        return Ok(missing());
    };
    if body["stopType"]
        .as_str()
        .is_some_and(|kind| kind != "ROLLBACK")
    {
        let message = "The stop type is not supported for the deployment's strategy.";
        return Ok(refused(turn, "UnsupportedFeatureException", message));
    }
    let shown = service(turn, cluster, of_service).await?;
    let kept = seen(turn, &shown);
    let Some(at) = kept.iter().position(|it| it.name() == name) else {
        return Ok(missing());
    };
    match kept[at].status {
        Status::InProgress => {}
        Status::RollbackInProgress => return Ok(stopped(asked)),
        _ => {
            let message = "The service deployment is already complete.";
            return Ok(refused(turn, "ConflictException", message));
        }
    }
    let before = kept[..at]
        .iter()
        .rfind(|it| it.status == Status::Successful);
    let Some(before) = before else {
        let message = "The service deployment has no service revision to roll back to.";
        return Ok(refused(turn, "InvalidParameterException", message));
    };
    let by = put_back(turn, cluster, &shown, before).await?;
    let rollback = Rollback {
        reason: "The service deployment was stopped by a request.".to_owned(),
        started: now(),
        to: before.of.clone(),
        by,
    };
    let service_arn = shown["serviceArn"].as_str().unwrap_or_default();
    change(turn, |all: &mut Histories| {
        let kept = all.entry(service_arn.to_owned()).or_default();
        // A look in between took what puts it back for a deployment.
        kept.retain(|it| Some(&it.of) != rollback.by.as_ref());
        if let Some(it) = kept.iter_mut().find(|it| it.name() == name) {
            it.status = Status::RollbackInProgress;
            it.reason = Some(rollback.reason.clone());
            it.rollback = Some(rollback);
        }
    });
    Ok(stopped(asked))
}

fn stopped(arn: &str) -> Answer {
    Answer::json(StatusCode::OK, &json!({"serviceDeploymentArn": arn}))
}

/// Has the emulator run a revision again; the id of its deployment of it.
async fn put_back(
    turn: &Turn<'_>,
    cluster: &str,
    shown: &Value,
    before: &Kept,
) -> Result<Option<String>, NoAnswer> {
    let usual = &shown["deploymentConfiguration"];
    let mut roomy = usual.clone();
    roomy["maximumPercent"] = json!(ROOM);
    let update = json!({
        "cluster": cluster,
        "service": shown["serviceName"],
        "taskDefinition": before.task_definition,
        "forceNewDeployment": true,
        "deploymentConfiguration": roomy,
    });
    let updated = turn.ecs("UpdateService", &update).await?;
    let again = json!({
        "cluster": cluster,
        "service": shown["serviceName"],
        "deploymentConfiguration": usual,
    });
    turn.ecs("UpdateService", &again).await?;
    let primary = array(&updated["service"]["deployments"])
        .iter()
        .find(|one| one["status"] == "PRIMARY");
    Ok(primary
        .and_then(|one| one["id"].as_str())
        .map(str::to_owned))
}
