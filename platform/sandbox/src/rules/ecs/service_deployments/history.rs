use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::home::short_hash;
use crate::rules::turn::array;

/// A field that a service has here and not in answers: how many tasks of the version that it is set to run its load
/// balancers find healthy.
pub(super) const HEALTHY: &str = "healthyTasks";

/// Service deployments by the service's ARN, oldest first.
pub(super) type Histories = BTreeMap<String, Vec<Kept>>;

/// How far a service deployment is, of what AWS documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    InProgress,
    Successful,
    Stopped,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl Status {
    pub(super) fn is_over(self) -> bool {
        !matches!(self, Self::InProgress | Self::RollbackInProgress)
    }
}

/// A service deployment, as it is kept after the emulator has forgotten it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The emulator's id of the deployment.
    pub(super) of: String,
    pub(super) task_definition: String,
    /// Seconds since 1970, as ECS answers times.
    pub(super) created: f64,
    pub(super) finished: Option<f64>,
    pub(super) status: Status,
    pub(super) reason: Option<String>,
    /// Tasks that failed to start.
    pub(super) failed: u64,
    pub(super) tasks: Tasks,
    /// The deployment that served when this one began.
    pub(super) source: Option<String>,
    pub(super) rollback: Option<Rollback>,
}

/// The tasks of a deployment, as last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tasks {
    pub(super) requested: u64,
    pub(super) running: u64,
    pub(super) pending: u64,
}

/// How the version before was put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Rollback {
    pub(super) reason: String,
    pub(super) started: f64,
    /// The deployment whose revision is put back.
    pub(super) to: String,
    /// The emulator's deployment that puts it back, where one was made for it.
    pub(super) by: Option<String>,
}

impl Kept {
    /// The last part of the deployment's ARN.
    pub(super) fn name(&self) -> &str {
        self.of.rsplit('/').next().unwrap_or(&self.of)
    }

    fn end(&mut self, status: Status, reason: Option<String>) {
        self.status = status;
        self.finished = Some(now());
        if reason.is_some() {
            self.reason = reason;
        }
    }
}

/// The last part of the ARN of a deployment's service revision: sixteen digits.
pub(super) fn revision(of: &str) -> String {
    let hash = u64::from_str_radix(&short_hash(of), 16).unwrap_or_default();
    format!("{:016}", hash % 10_000_000_000_000_000)
}

pub(super) fn now() -> f64 {
    Timestamp::now().as_duration().as_secs_f64()
}

/// Brings what is kept of a service to what the emulator shows of it now.
pub(super) fn observe(kept: &mut Vec<Kept>, service: &Value) {
    let shown = array(&service["deployments"]);
    if is_late(kept, shown) {
        return;
    }
    for one in shown.iter().rev() {
        let id = text(one, "id");
        let known = kept.iter().any(|it| it.of == id);
        let puts_back = |it: &Kept| {
            let by = it
                .rollback
                .as_ref()
                .and_then(|rollback| rollback.by.as_deref());
            by == Some(id)
        };
        if !known && !kept.iter().any(puts_back) {
            let source = kept.iter().rfind(|it| it.status == Status::Successful);
            let source = source.map(|it| it.of.clone());
            kept.push(begun(one, source));
        }
    }
    let primary = shown.iter().find(|one| one["status"] == "PRIMARY");
    // What puts a version back comes after what it undoes.
    let ids = kept.iter().flat_map(|it| {
        let by = it.rollback.as_ref().and_then(|it| it.by.clone());
        std::iter::once(it.of.clone()).chain(by)
    });
    let order: Vec<String> = ids.collect();
    for it in kept.iter_mut().filter(|it| !it.status.is_over()) {
        let one = shown.iter().find(|one| text(one, "id") == it.of);
        if let Some(one) = one {
            it.failed = it.failed.max(number(one, "failedTasks"));
            it.tasks = Tasks {
                requested: number(one, "desiredCount"),
                running: number(one, "runningCount"),
                pending: number(one, "pendingCount"),
            };
        }
        advance(it, one, primary, service, &order);
    }
}

/// Whether a view was taken before a deployment that is known was made: answers of calls at one time come in any order, and the
/// emulator shows a deployment for as long as no newer one has taken its place.
fn is_late(kept: &[Kept], shown: &[Value]) -> bool {
    let at = |one: &Value| kept.iter().position(|it| it.of == text(one, "id"));
    let newest = shown.iter().map(at).collect::<Option<Vec<usize>>>();
    let newest = newest.and_then(|all| all.into_iter().max());
    newest.is_some_and(|newest| {
        let mut newer = kept[newest + 1..].iter();
        newer.any(|it| it.status == Status::InProgress)
    })
}

fn begun(one: &Value, source: Option<String>) -> Kept {
    Kept {
        of: text(one, "id").to_owned(),
        task_definition: text(one, "taskDefinition").to_owned(),
        created: one["createdAt"].as_f64().unwrap_or_else(now),
        finished: None,
        status: Status::InProgress,
        reason: None,
        failed: 0,
        tasks: Tasks::default(),
        source,
        rollback: None,
    }
}

/// One step of a deployment that is not over: `one` is the emulator's view of it, `order` the service's
/// deployments, oldest first.
fn advance(
    it: &mut Kept,
    one: Option<&Value>,
    primary: Option<&Value>,
    service: &Value,
    order: &[String],
) {
    let primary_id = primary.map_or("", |one| text(one, "id"));
    let primary_state = primary.map_or("", |one| text(one, "rolloutState"));
    if let Some(rollback) = &it.rollback {
        let expected = rollback.by.as_ref().unwrap_or(&rollback.to);
        return match primary_state {
            // Seen before the version before was put back.
            _ if primary_id == it.of => {}
            _ if expected != primary_id => it.end(Status::RollbackFailed, None),
            "COMPLETED" if is_healthy(service) => it.end(Status::RollbackSuccessful, None),
            "FAILED" => it.end(Status::RollbackFailed, None),
            _ => {}
        };
    }
    let superseded = "A newer service deployment has taken its place.";
    match one.map(|one| text(one, "rolloutState")) {
        Some("COMPLETED") if all_run(service, it) => it.end(Status::Successful, None),
        Some("COMPLETED" | "IN_PROGRESS") if primary_id == it.of => {}
        Some("FAILED") => {
            let reason = one.map(|one| text(one, "rolloutStateReason").to_owned());
            let age = |id: &str| order.iter().position(|known| known == id);
            let before = age(primary_id).is_some_and(|at| Some(at) < age(&it.of));
            if !before {
                return it.end(Status::Stopped, reason);
            }
            it.reason.clone_from(&reason);
            it.status = Status::RollbackInProgress;
            it.rollback = Some(Rollback {
                reason: reason.unwrap_or_default(),
                started: now(),
                to: primary_id.to_owned(),
                by: None,
            });
            advance(it, one, primary, service, order);
        }
        _ => it.end(Status::Stopped, Some(superseded.to_owned())),
    }
}

/// The emulator calls a service's first deployment complete before it has a task.
fn all_run(service: &Value, it: &Kept) -> bool {
    it.tasks.running >= number(service, "desiredCount") && is_healthy(service)
}

/// Whether load balancers find as many tasks healthy as are wanted, where they check them.
fn is_healthy(service: &Value) -> bool {
    let healthy = service[HEALTHY].as_u64();
    healthy.is_none_or(|healthy| healthy >= number(service, "desiredCount"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(deployments: Value) -> Value {
        json!({"desiredCount": 1, "deployments": deployments})
    }

    fn one(id: &str, status: &str, state: &str, running: u32) -> Value {
        json!({"id": id, "status": status, "taskDefinition": format!("app:{id}"), "createdAt": 1,
            "rolloutState": state, "rolloutStateReason": "why", "runningCount": running,
            "failedTasks": 3, "desiredCount": 1})
    }

    fn statuses(kept: &[Kept]) -> Vec<Status> {
        kept.iter().map(|it| it.status).collect()
    }

    #[test]
    fn a_first_deployment_succeeds_with_its_tasks_and_stays_so() {
        let mut kept = Vec::new();
        observe(
            &mut kept,
            &shown(json!([one("1", "PRIMARY", "COMPLETED", 0)])),
        );
        assert_eq!(statuses(&kept), [Status::InProgress]);
        observe(
            &mut kept,
            &shown(json!([one("1", "PRIMARY", "COMPLETED", 1)])),
        );
        assert_eq!(statuses(&kept), [Status::Successful]);
        observe(&mut kept, &shown(json!([])));
        assert_eq!(statuses(&kept), [Status::Successful]);
    }

    #[test]
    fn a_deployment_succeeds_when_its_targets_are_healthy() {
        let mut kept = Vec::new();
        let mut service = shown(json!([one("1", "PRIMARY", "COMPLETED", 1)]));
        service[HEALTHY] = json!(0);
        observe(&mut kept, &service);
        assert_eq!(statuses(&kept), [Status::InProgress]);
        service[HEALTHY] = json!(1);
        observe(&mut kept, &service);
        assert_eq!(statuses(&kept), [Status::Successful]);
    }

    #[test]
    fn the_breaker_rolls_back_to_the_last_that_succeeded() {
        let mut kept = Vec::new();
        observe(
            &mut kept,
            &shown(json!([one("1", "PRIMARY", "COMPLETED", 1)])),
        );
        let both = |back: &str| {
            shown(json!([
                one("2", "ACTIVE", "FAILED", 0),
                one("1", "PRIMARY", back, 1)
            ]))
        };
        observe(&mut kept, &both("IN_PROGRESS"));
        assert_eq!(
            statuses(&kept),
            [Status::Successful, Status::RollbackInProgress]
        );
        observe(&mut kept, &both("COMPLETED"));
        assert_eq!(
            statuses(&kept),
            [Status::Successful, Status::RollbackSuccessful]
        );
        assert_eq!(
            (kept[1].failed, kept[1].reason.as_deref()),
            (3, Some("why"))
        );
        assert_eq!(kept[1].source.as_deref(), Some("1"));
    }

    #[test]
    fn what_is_overtaken_or_fails_without_a_version_before_is_stopped() {
        let mut kept = Vec::new();
        observe(&mut kept, &shown(json!([one("1", "PRIMARY", "FAILED", 0)])));
        assert_eq!(statuses(&kept), [Status::Stopped]);
        observe(
            &mut kept,
            &shown(json!([one("2", "PRIMARY", "IN_PROGRESS", 0)])),
        );
        let overtaken = [
            one("3", "PRIMARY", "IN_PROGRESS", 0),
            one("2", "ACTIVE", "IN_PROGRESS", 0),
        ];
        observe(&mut kept, &shown(json!(overtaken)));
        assert_eq!(
            statuses(&kept),
            [Status::Stopped, Status::Stopped, Status::InProgress]
        );
    }

    #[test]
    fn a_view_that_comes_late_says_nothing() {
        let mut kept = Vec::new();
        let before = shown(json!([one("1", "PRIMARY", "COMPLETED", 1)]));
        observe(&mut kept, &before);
        let after = shown(json!([
            one("2", "PRIMARY", "IN_PROGRESS", 0),
            one("1", "ACTIVE", "COMPLETED", 1)
        ]));
        observe(&mut kept, &after);
        observe(&mut kept, &before);
        assert_eq!(statuses(&kept), [Status::Successful, Status::InProgress]);
        kept[1].status = Status::RollbackInProgress;
        kept[1].rollback = Some(Rollback {
            reason: "stopped".to_owned(),
            started: 2.0,
            to: "1".to_owned(),
            by: Some("3".to_owned()),
        });
        observe(&mut kept, &after);
        assert_eq!(kept[1].status, Status::RollbackInProgress);
    }

    #[test]
    fn the_breaker_rolls_back_to_what_was_put_back() {
        let mut kept = Vec::new();
        for (id, state) in [("1", "COMPLETED"), ("2", "IN_PROGRESS")] {
            observe(&mut kept, &shown(json!([one(id, "PRIMARY", state, 1)])));
        }
        kept[1].status = Status::RollbackSuccessful;
        kept[1].rollback = Some(Rollback {
            reason: "stopped".to_owned(),
            started: 2.0,
            to: "1".to_owned(),
            by: Some("3".to_owned()),
        });
        observe(
            &mut kept,
            &shown(json!([
                one("4", "ACTIVE", "FAILED", 0),
                one("3", "PRIMARY", "COMPLETED", 1)
            ])),
        );
        assert_eq!(kept[2].status, Status::RollbackSuccessful);
        assert_eq!(
            kept[2].rollback.as_ref().map(|it| it.to.as_str()),
            Some("3")
        );
    }

    #[test]
    fn what_puts_a_version_back_is_no_deployment_of_its_own() {
        let mut kept = Vec::new();
        observe(
            &mut kept,
            &shown(json!([one("1", "PRIMARY", "COMPLETED", 1)])),
        );
        observe(
            &mut kept,
            &shown(json!([one("2", "PRIMARY", "IN_PROGRESS", 0)])),
        );
        kept[1].status = Status::RollbackInProgress;
        kept[1].rollback = Some(Rollback {
            reason: "stopped".to_owned(),
            started: 2.0,
            to: "1".to_owned(),
            by: Some("3".to_owned()),
        });
        let back = |state: &str| shown(json!([one("3", "PRIMARY", state, 1)]));
        observe(&mut kept, &back("IN_PROGRESS"));
        assert_eq!(
            statuses(&kept),
            [Status::Successful, Status::RollbackInProgress]
        );
        observe(&mut kept, &back("COMPLETED"));
        assert_eq!(
            statuses(&kept),
            [Status::Successful, Status::RollbackSuccessful]
        );
    }
}
