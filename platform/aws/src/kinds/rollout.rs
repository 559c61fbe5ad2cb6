//! How far an ECS service's rollout is.

use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service};
use bella_engine::resource::Phase;

/// What ECS begins the reason of a deployment with that puts the previous version back
/// (developer guide, "How the deployment circuit breaker detects failures").
const ROLLING_BACK: &str = "rolling back";

/// The service's state; `None` once it is `INACTIVE`, which stays readable for a while (row 39).
///
/// `waiting` is for a look at this one service by the step that changes it. Then a failed rollout
/// is a failure, and fewer tasks than desired is not ready. For a plan, a failed rollout is only
/// pending: a service is mended by another revision, not replaced by a service of the same name.
pub(super) fn phase(service: &Service, waiting: bool) -> Option<Phase> {
    match service.status().unwrap_or_default() {
        "INACTIVE" => return None,
        "DRAINING" => return Some(Phase::Deleting),
        _ => {}
    }
    if service.desired_count() == 0 {
        return Some(Phase::Ready);
    }
    let primary = service
        .deployments()
        .iter()
        .find(|one| one.status() == Some("PRIMARY"));
    Some(primary.map_or_else(
        || Phase::Pending("no deployment yet".to_owned()),
        |primary| of(primary, waiting),
    ))
}

fn of(primary: &Deployment, waiting: bool) -> Phase {
    let reason = primary.rollout_state_reason().unwrap_or("no reason given");
    let state = primary.rollout_state();
    let failed = match state {
        Some(DeploymentRolloutState::Failed) => true,
        Some(DeploymentRolloutState::InProgress) => reason.contains(ROLLING_BACK),
        _ => false,
    };
    let (running, desired) = (primary.running_count(), primary.desired_count());
    let running = format!("{running} of {desired} tasks running");
    match state {
        _ if failed && waiting => Phase::Failed(format!("its deployment failed: {reason}")),
        _ if failed => Phase::Pending(format!("its deployment failed: {reason}")),
        Some(DeploymentRolloutState::Completed) if !waiting => Phase::Ready,
        Some(DeploymentRolloutState::Completed) if primary.running_count() == desired => {
            Phase::Ready
        }
        _ => Phase::Pending(running),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(status: &str, desired: i32, deployment: Option<Deployment>) -> Service {
        let service = Service::builder().status(status).desired_count(desired);
        service
            .set_deployments(deployment.map(|one| vec![one]))
            .build()
    }

    fn deployment(state: DeploymentRolloutState, reason: &str, running: i32) -> Option<Deployment> {
        let one = Deployment::builder()
            .status("PRIMARY")
            .desired_count(2)
            .running_count(running);
        Some(
            one.rollout_state(state)
                .rollout_state_reason(reason)
                .build(),
        )
    }

    #[test]
    fn a_rollout_is_ready_when_the_primary_deployment_is_complete() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        let pending = |text: &str| Some(Phase::Pending(text.to_owned()));
        let one_of_two = || pending("1 of 2 tasks running");
        let failed = "its deployment failed: tasks failed to start.";
        let back = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
        let cases = [
            (service("INACTIVE", 2, None), None, None),
            (
                service("DRAINING", 2, None),
                Some(Phase::Deleting),
                Some(Phase::Deleting),
            ),
            (
                service("ACTIVE", 0, deployment(InProgress, "", 2)),
                Some(Phase::Ready),
                Some(Phase::Ready),
            ),
            (
                service("ACTIVE", 2, None),
                pending("no deployment yet"),
                pending("no deployment yet"),
            ),
            (
                service("ACTIVE", 2, deployment(InProgress, "in progress.", 1)),
                one_of_two(),
                one_of_two(),
            ),
            (
                service("ACTIVE", 2, deployment(Completed, "", 2)),
                Some(Phase::Ready),
                Some(Phase::Ready),
            ),
            (
                service("ACTIVE", 2, deployment(Completed, "", 1)),
                one_of_two(),
                Some(Phase::Ready),
            ),
            (
                service("ACTIVE", 2, deployment(Failed, "tasks failed to start.", 0)),
                Some(Phase::Failed(failed.to_owned())),
                pending(failed),
            ),
            (
                service("ACTIVE", 2, deployment(InProgress, back, 2)),
                Some(Phase::Failed(format!("its deployment failed: {back}"))),
                pending(&format!("its deployment failed: {back}")),
            ),
        ];
        for (service, waiting, planning) in cases {
            assert_eq!(phase(&service, true), waiting, "{service:?}");
            assert_eq!(phase(&service, false), planning, "{service:?}");
        }
    }
}
