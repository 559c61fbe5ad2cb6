use serde_json::{Value, json};

use super::history::{HEALTHY, Kept, Status};
use super::{seen, with_health};
use crate::gateway::Answer;
use crate::rules::events;
use crate::rules::rule::Outcome;
use crate::rules::turn::Turn;

/// `DescribeServices`: a rollout goes on until load balancers find its tasks healthy, where they check them, and what
/// the sandbox's scheduler did is among the events.
pub(super) async fn services(turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return Ok(answer);
    };
    if turn.engine().is_none() || !answer.status.is_success() {
        return Ok(answer);
    }
    for service in body["services"].as_array_mut().into_iter().flatten() {
        if service["status"] == "ACTIVE" {
            let known = with_health(turn, service.clone());
            if !known[HEALTHY].is_null() {
                let kept = seen(turn, &known);
                show(service, &kept);
            }
        }
        events::merge(turn.store, service);
    }
    Ok(Answer::json(answer.status, &body))
}

fn show(service: &mut Value, kept: &[Kept]) {
    for one in service["deployments"].as_array_mut().into_iter().flatten() {
        let id = one["id"].as_str().unwrap_or_default().to_owned();
        let goes_on = |it: &Kept| match it.status {
            Status::InProgress => it.of == id,
            Status::RollbackInProgress => it
                .rollback
                .as_ref()
                .is_some_and(|rollback| rollback.by.as_ref().unwrap_or(&rollback.to) == &id),
            _ => false,
        };
        if one["rolloutState"] == "COMPLETED" && kept.iter().any(goes_on) {
            one["rolloutState"] = json!("IN_PROGRESS");
            one["rolloutStateReason"] = json!(format!("ECS deployment {id} in progress."));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::show;
    use crate::rules::ecs::service_deployments::history::observe;

    #[test]
    fn a_rollout_whose_tasks_are_not_healthy_goes_on() {
        let mut service = json!({
            "desiredCount": 1, "healthyTasks": 0,
            "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "app:1", "createdAt": 1,
                "rolloutState": "COMPLETED", "runningCount": 1, "desiredCount": 1}],
        });
        let mut kept = Vec::new();
        observe(&mut kept, &service);
        let mut shown = service.clone();
        show(&mut shown, &kept);
        assert_eq!(shown["deployments"][0]["rolloutState"], "IN_PROGRESS");
        service["healthyTasks"] = json!(1);
        observe(&mut kept, &service);
        show(&mut service, &kept);
        assert_eq!(service["deployments"][0]["rolloutState"], "COMPLETED");
    }
}
