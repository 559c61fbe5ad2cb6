use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::check::check;
use super::fronts::{Fronts, members, registered};
use super::group::{Group, delay};
use super::{scheduler, task};
use crate::containers::{Engine, Failure, Gone, Health, Target, Targets, Task};
use crate::gateway::EmulatorClient;
use crate::place::Place;
use crate::rules::Store;

/// What is registered is looked at again that often without news of containers.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The emulator registers a task a moment after its container has started: after news, looks follow each other so
/// fast and for so long.
const SETTLING: Duration = Duration::from_secs(4);
const SETTLING_EVERY: Duration = Duration::from_millis(250);
/// On AWS a registration takes seconds, in which a program begins to listen. Here connections are tried until then.
const REGISTRATION: Duration = Duration::from_secs(10);
const TRY_EVERY: Duration = Duration::from_millis(250);
/// How soon a target that has become unhealthy is checked again, upon which ECS replaces its task.
const AGAIN: Duration = Duration::from_secs(5);
/// Reasons for which the emulator stops a task of a version that is being replaced.
const REPLACED: [&str; 3] = [
    "Deployment completed",
    "Task definition updated",
    "Deployment capacity limit",
];

/// Checks the containers that are registered with target groups, and has ECS replace those that fail.
#[derive(Debug)]
pub(super) struct Monitor<'a> {
    pub(super) emulator: &'a EmulatorClient,
    pub(super) store: &'a Store,
    pub(super) fronts: &'a Fronts,
    pub(super) engine: &'a Engine,
    groups: BTreeMap<String, (Place, Group)>,
}

impl<'a> Monitor<'a> {
    pub(super) fn new(
        emulator: &'a EmulatorClient,
        store: &'a Store,
        fronts: &'a Fronts,
        engine: &'a Engine,
    ) -> Self {
        Self {
            emulator,
            store,
            fronts,
            engine,
            groups: BTreeMap::new(),
        }
    }

    /// Runs for as long as the sandbox.
    pub(super) async fn run(mut self) {
        let mut settled = Instant::now();
        let mut look = Instant::now() + LOOK_EVERY;
        loop {
            let next = self.next_check().map_or(look, |check| check.min(look));
            let waited = timeout(
                next.saturating_duration_since(Instant::now()),
                self.targets().news.notified(),
            )
            .await;
            if !self.fronts.any() {
                look = Instant::now() + LOOK_EVERY;
                continue;
            }
            if waited.is_ok() {
                settled = Instant::now() + SETTLING;
                look = Instant::now();
            }
            if Instant::now() >= look {
                self.look().await;
                let pause = match Instant::now() < settled {
                    true => SETTLING_EVERY,
                    false => LOOK_EVERY,
                };
                look = Instant::now() + pause;
            }
            self.check_due().await;
            if waited.is_ok() {
                // News come in bursts.
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    fn targets(&self) -> &'a Targets {
        self.engine.targets()
    }

    fn next_check(&self) -> Option<Instant> {
        let all = self.targets().all();
        let live = all.values().filter(|target| target.gone.is_none());
        live.map(|target| target.next).min()
    }

    /// Brings what is known to what is registered.
    async fn look(&mut self) {
        let mut groups = BTreeMap::new();
        for place in self.fronts.places() {
            let answer = place.elb(self.emulator, "DescribeTargetGroups", &[]).await;
            let Some(answer) = answer else {
                return;
            };
            for group in members(&answer, "TargetGroups", Group::read) {
                groups.insert(group.arn.clone(), (place.clone(), group));
            }
        }
        self.groups = groups;
        for (place, group) in self.groups.values() {
            self.look_at(place, group).await;
        }
        let groups = &self.groups;
        let there = |group: &String| groups.contains_key(group);
        if !self.targets().all().keys().all(|(group, _)| there(group)) {
            self.targets()
                .change(|known| known.retain(|(group, _), _| there(group)));
        }
    }

    async fn look_at(&self, place: &Place, group: &Group) {
        let fields = [("TargetGroupArn", group.arn.as_str())];
        let answer = place
            .elb(self.emulator, "DescribeTargetHealth", &fields)
            .await;
        // No answer says nothing of what is registered.
        let Some(answer) = answer else { return };
        let registered = registered(&answer);
        let of_group = |targets: &Targets| -> BTreeMap<SocketAddr, Target> {
            let all = targets.all().into_iter();
            all.filter(|((of, _), _)| *of == group.arn)
                .map(|((_, address), target)| (address, target))
                .collect()
        };
        let known = of_group(self.targets());
        for address in &registered {
            let is_known = known.get(address).is_some_and(|it| it.gone.is_none());
            let Some((cluster, arn)) = self.engine.task_at(address.ip()) else {
                continue;
            };
            if is_known {
                continue;
            }
            let task = task::read(self.emulator, place, cluster, arn).await;
            let now = Instant::now();
            let target = Target {
                health: Health::Registering,
                since: now,
                gone: None,
                against: 0,
                next: now,
                task,
            };
            let key = (group.arn.clone(), *address);
            self.targets().change(|known| known.insert(key, target));
        }
        for (address, target) in known {
            if target.gone.is_none() && !registered.contains(&address) {
                self.let_go(place, group, address, &target).await;
            }
        }
    }

    /// A target that was deregistered.
    async fn let_go(&self, place: &Place, group: &Group, address: SocketAddr, target: &Target) {
        let key = (group.arn.clone(), address);
        if target.health != Health::Healthy || !self.engine.runs(address.ip()) {
            self.targets().change(|known| known.remove(&key));
            return;
        }
        let fields = [("TargetGroupArn", group.arn.as_str())];
        let attributes = place
            .elb(self.emulator, "DescribeTargetGroupAttributes", &fields)
            .await;
        let stays = match &target.task {
            Some(task) => self.is_replaced(place, task).await,
            None => false,
        };
        let gone = Gone {
            since: Instant::now(),
            delay: delay(&attributes.unwrap_or_default()),
            stays,
        };
        self.targets().change(|known| {
            if let Some(target) = known.get_mut(&key) {
                target.gone = Some(gone);
            }
        });
    }

    /// Whether a task was stopped for a newer version's sake, by a service that wants tasks.
    async fn is_replaced(&self, place: &Place, task: &Task) -> bool {
        let asked = json!({"cluster": task.cluster, "tasks": [task.arn]});
        let told = place.ecs(self.emulator, "DescribeTasks", &asked).await;
        let reason = told["tasks"][0]["stoppedReason"].as_str();
        reason.is_some_and(|reason| REPLACED.contains(&reason))
            && scheduler::wants_tasks(self.emulator, place, task).await
    }

    /// Carries out the checks whose time has come, all at once.
    async fn check_due(&self) {
        let now = Instant::now();
        let mut checks = JoinSet::new();
        for ((arn, address), target) in self.targets().all() {
            let Some((_, group)) = self.groups.get(&arn) else {
                continue;
            };
            if target.gone.is_some() || target.next > now {
                continue;
            }
            let group = group.clone();
            checks.spawn(async move {
                let told = match group.checked {
                    true => check(&group, address).await,
                    false => Ok(()),
                };
                (group, address, told)
            });
        }
        while let Some(checked) = checks.join_next().await {
            if let Ok((group, address, told)) = checked {
                self.note(&group, address, told).await;
            }
        }
        self.forget_stale().await;
    }

    async fn note(&self, group: &Group, address: SocketAddr, told: Result<(), Failure>) {
        let key = (group.arn.clone(), address);
        let failed = self.targets().change(|known| {
            let target = known.get_mut(&key)?;
            let was_unhealthy = matches!(target.health, Health::Unhealthy(_));
            judge(target, group, told, Instant::now());
            match (&target.health, &target.task) {
                // ECS sees it a while after the load balancer does.
                (Health::Unhealthy(why), Some(task)) if was_unhealthy => Some((*why, task.clone())),
                _ => None,
            }
        });
        let place = self.groups.get(&group.arn).map(|(place, _)| place);
        if let (Some((why, task)), Some(place)) = (failed, place) {
            let failed = scheduler::Failed {
                group: &group.arn,
                port: address.port(),
                why,
                task: &task,
            };
            scheduler::replace(self.emulator, self.store, place, &failed).await;
        }
    }

    /// What stayed for a version that came to nothing goes when its service wants no tasks any more; what drained
    /// outside of ECS is forgotten.
    async fn forget_stale(&self) {
        for ((arn, address), target) in self.targets().all() {
            let Some(gone) = target.gone else { continue };
            let over = gone.since.elapsed() >= gone.delay;
            let place = self.groups.get(&arn).map(|(place, _)| place);
            let wanted = match (gone.stays, &target.task, place) {
                (true, Some(task), Some(place)) => {
                    scheduler::wants_tasks(self.emulator, place, task).await
                }
                _ => false,
            };
            if gone.stays && !wanted {
                self.targets().change(|known| {
                    let gone = known
                        .get_mut(&(arn.clone(), address))
                        .and_then(|target| target.gone.as_mut());
                    if let Some(gone) = gone {
                        gone.stays = false;
                    }
                });
            } else if !gone.stays && over {
                self.targets().change(|known| known.remove(&(arn, address)));
            }
        }
    }
}

/// What a check says of a target.
///
/// A target that is new is healthy with its first check that passes, whatever the threshold.
fn judge(target: &mut Target, group: &Group, told: Result<(), Failure>, now: Instant) {
    let registration = REGISTRATION.min(group.interval);
    let begins = target.health == Health::Registering;
    if begins && told == Err(Failure::NoAnswer) && now < target.since + registration {
        target.next = now + TRY_EVERY;
        return;
    }
    target.next = now + group.interval;
    let unhealthy = matches!(target.health, Health::Unhealthy(_));
    if told.is_ok() != unhealthy {
        target.against = 0;
    } else {
        target.against += 1;
    }
    let turns = match told {
        Ok(()) => target.against >= group.healthy,
        Err(_) => target.against >= group.unhealthy,
    };
    target.health = match (told, &target.health) {
        (Ok(()), Health::Unhealthy(why)) if !turns => Health::Unhealthy(*why),
        (Ok(()), _) => Health::Healthy,
        (Err(why), Health::Unhealthy(_)) => Health::Unhealthy(why),
        (Err(why), _) if turns => Health::Unhealthy(why),
        (Err(_), Health::Healthy) => Health::Healthy,
        (Err(_), _) => Health::Checking,
    };
    if turns {
        target.against = 0;
        target.next = now + group.interval.min(AGAIN);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Group, judge};
    use crate::balancer::check::Matcher;
    use crate::containers::{Failure, Health, Target};

    fn group() -> Group {
        Group {
            arn: "g".to_owned(),
            checked: true,
            port: None,
            path: Some("/".to_owned()),
            matcher: Matcher::read("200"),
            interval: Duration::from_secs(5),
            timeout: Duration::from_secs(2),
            healthy: 2,
            unhealthy: 2,
        }
    }

    #[tokio::test]
    async fn thresholds_count_checks_in_a_row() {
        let (group, began) = (group(), Instant::now());
        let mut target = Target {
            health: Health::Registering,
            since: began,
            gone: None,
            against: 0,
            next: began,
            task: None,
        };
        let wrong = Err(Failure::Status(404));
        let unhealthy = Health::Unhealthy(Failure::Status(404));
        for (after, told, health, next) in [
            // It does not listen yet, which counts for nothing.
            (0, Err(Failure::NoAnswer), Health::Registering, 250),
            (1000, wrong, Health::Checking, 5000),
            (6000, wrong, unhealthy.clone(), 5000),
            (11_000, Ok(()), unhealthy.clone(), 5000),
            (16_000, wrong, unhealthy.clone(), 5000),
            (21_000, Ok(()), unhealthy.clone(), 5000),
            (26_000, Ok(()), Health::Healthy, 5000),
            (31_000, wrong, Health::Healthy, 5000),
            (36_000, Ok(()), Health::Healthy, 5000),
            (41_000, wrong, Health::Healthy, 5000),
            (46_000, wrong, unhealthy.clone(), 5000),
        ] {
            let now = began + Duration::from_millis(after);
            judge(&mut target, &group, told, now);
            assert_eq!(target.health, health, "after {after} ms");
            assert_eq!(
                target.next,
                now + Duration::from_millis(next),
                "after {after} ms"
            );
        }
        // A new target is healthy with its first check.
        target.health = Health::Registering;
        judge(&mut target, &group, Ok(()), began);
        assert_eq!(target.health, Health::Healthy);
    }
}
