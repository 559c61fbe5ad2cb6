use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// What load balancers know of the containers that are registered with them: how each fares, and how many requests
/// it has under way.
#[derive(Debug)]
pub(crate) struct Targets {
    known: Mutex<BTreeMap<(String, SocketAddr), Target>>,
    under_way: Mutex<BTreeMap<SocketAddr, usize>>,
    /// Told when containers start, end or are to go.
    pub(crate) news: Notify,
    changed: watch::Sender<u64>,
}

/// A container in a target group.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) health: Health,
    /// When it was first seen registered.
    pub(crate) since: Instant,
    /// When it was found not to be registered any more.
    pub(crate) gone: Option<Gone>,
    /// Checks in a row that went the other way than `health` says.
    pub(crate) against: u32,
    /// When it is checked next.
    pub(crate) next: Instant,
    /// The ECS task it is, where it is one.
    pub(crate) task: Option<Task>,
}

/// The ECS task that a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) cluster: String,
    pub(crate) arn: String,
    /// Empty for a task that belongs to no service.
    pub(crate) service: String,
    pub(crate) definition: String,
    /// How long it has from the signal that ends it until it is killed.
    pub(crate) stop_timeout: Duration,
}

/// A target that is not registered any more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone {
    pub(crate) since: Instant,
    /// How long requests under way are waited for.
    pub(crate) delay: Duration,
    /// Whether it goes on serving until others do: it is the version before in a rolling deployment.
    pub(crate) stays: bool,
}

/// How a target fares, as `DescribeTargetHealth` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// Nothing takes its connections yet.
    Registering,
    /// Its first checks.
    Checking,
    Healthy,
    Unhealthy(Failure),
}

/// Why a check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing answers.
    NoAnswer,
    TimedOut,
    /// It answers with this status, which does not match.
    Status(u16),
}

impl Failure {
    /// AWS's code for it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NoAnswer => "Target.FailedHealthChecks",
            Self::TimedOut => "Target.Timeout",
            Self::Status(_) => "Target.ResponseCodeMismatch",
        }
    }

    /// AWS's words for it.
    pub(crate) fn words(self) -> String {
        match self {
            Self::NoAnswer => "Health checks failed".to_owned(),
            Self::TimedOut => "Request timed out".to_owned(),
            Self::Status(status) => format!("Health checks failed with these codes: [{status}]"),
        }
    }
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            known: Mutex::default(),
            under_way: Mutex::default(),
            news: Notify::new(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Targets {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, SocketAddr), Target>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and tells whoever waits for it.
    pub(crate) fn change<R>(
        &self,
        change: impl FnOnce(&mut BTreeMap<(String, SocketAddr), Target>) -> R,
    ) -> R {
        let result = change(&mut self.lock());
        self.changed.send_modify(|count| *count += 1);
        result
    }

    /// All that is known, by target group and address.
    pub(crate) fn all(&self) -> BTreeMap<(String, SocketAddr), Target> {
        self.lock().clone()
    }

    /// Where requests to a group go: to its healthy targets, those of a version that is being replaced among them;
    /// where there is none, to all that are registered.
    ///
    /// `is_task` tells which addresses are tasks; what is none is not checked.
    pub(crate) fn in_service(
        &self,
        group: &str,
        registered: &[SocketAddr],
        is_task: impl Fn(IpAddr) -> bool,
    ) -> Vec<SocketAddr> {
        let known = self.lock();
        let of_group = known.iter().filter(|((of, _), _)| of == group);
        let healthy: Vec<SocketAddr> = of_group
            .filter(|(_, target)| {
                // One that is missing from the list since a moment ago has not been looked at yet.
                target.health == Health::Healthy && target.gone.is_none_or(|gone| gone.stays)
            })
            .map(|((_, address), _)| *address)
            .collect();
        let other = registered.iter().filter(|address| !is_task(address.ip()));
        let all: Vec<SocketAddr> = healthy.into_iter().chain(other.copied()).collect();
        if all.is_empty() {
            return registered.to_vec();
        }
        all
    }

    /// How many tasks of a revision are healthy in every one of these groups.
    pub(crate) fn healthy(&self, groups: &[&str], definition: &str) -> usize {
        let known = self.lock();
        let counts = groups.iter().map(|group| {
            let fits = |((of, _), target): &(&(String, SocketAddr), &Target)| {
                let task = target.task.as_ref();
                of == group
                    && target.health == Health::Healthy
                    && target.gone.is_none()
                    && task.is_some_and(|task| task.definition == definition)
            };
            known.iter().filter(fits).count()
        });
        counts.min().unwrap_or_default()
    }

    /// Whether a container is a target of some group, or was and serves still.
    pub(super) fn knows(&self, address: IpAddr) -> bool {
        self.lock().keys().any(|(_, known)| known.ip() == address)
    }

    /// How long a container's task has to end by itself, where a load balancer knows it.
    pub(super) fn stop_timeout(&self, address: IpAddr) -> Option<Duration> {
        let known = self.lock();
        let mut tasks = known.iter().filter(|((_, at), _)| at.ip() == address);
        tasks.find_map(|(_, target)| Some(target.task.as_ref()?.stop_timeout))
    }

    /// Forgets a container that has ended.
    pub(super) fn forget(&self, address: IpAddr) {
        self.change(|known| known.retain(|(_, of), _| of.ip() != address));
    }

    /// Counts a request to a target for as long as what is returned lives.
    pub(crate) fn request(&self, address: SocketAddr) -> UnderWay<'_> {
        let mut counts = self.counts();
        *counts.entry(address).or_default() += 1;
        UnderWay {
            targets: self,
            address,
        }
    }

    /// Returns when a container answers no request any more, at the latest after `limit`.
    pub(super) async fn idle(&self, address: IpAddr, limit: Duration) {
        let mut changes = self.changed.subscribe();
        let idle = async {
            while self.counts().keys().any(|at| at.ip() == address) {
                if changes.changed().await.is_err() {
                    return;
                }
            }
        };
        // What is still under way then is cut off.
        let _ = tokio::time::timeout(limit, idle).await;
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, usize>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when no load balancer needs a container any more: it is not registered, does not stand in for a version
    /// that is not healthy yet, and has no request under way, or its deregistration delay is over.
    pub(super) async fn released(&self, address: IpAddr) {
        /// A look at what is registered may be that late.
        const LATEST: Duration = Duration::from_secs(10);
        let mut changes = self.changed.subscribe();
        let began = Instant::now();
        loop {
            let limit = match self.needs(address) {
                Need::Not => return,
                Need::Unseen if began.elapsed() >= LATEST => return,
                Need::Unseen => LATEST.saturating_sub(began.elapsed()),
                Need::Until(at) => at.saturating_duration_since(Instant::now()),
                Need::Stays => Duration::from_secs(60),
            };
            // Whether it was a change or the time that is over is looked at next.
            let _ = tokio::time::timeout(limit, changes.changed()).await;
        }
    }

    fn needs(&self, address: IpAddr) -> Need {
        let known = self.lock();
        let counts = self.counts();
        let mut need = Need::Not;
        for ((group, at), target) in known.iter().filter(|((_, at), _)| at.ip() == address) {
            if target.health != Health::Healthy {
                continue;
            }
            let Some(gone) = target.gone else {
                return Need::Unseen;
            };
            let others: Vec<&Target> = known
                .iter()
                .filter(|((of, _), other)| of == group && other.gone.is_none())
                .map(|(_, other)| other)
                .collect();
            let served = !others.is_empty() && others.iter().all(|it| it.health == Health::Healthy);
            if gone.stays && !served {
                return Need::Stays;
            }
            let end = gone.since + gone.delay;
            if counts.contains_key(at) && Instant::now() < end {
                need = Need::Until(end);
            }
        }
        need
    }
}

/// Whether a container that is to end is needed.
enum Need {
    Not,
    /// It was not looked at since.
    Unseen,
    Until(Instant),
    Stays,
}

/// A request that a target is answering.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    targets: &'a Targets,
    address: SocketAddr,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let last = {
            let mut counts = self.targets.counts();
            let left = counts.get(&self.address).copied().unwrap_or_default();
            if left > 1 {
                counts.insert(self.address, left - 1);
            } else {
                counts.remove(&self.address);
            }
            left <= 1
        };
        if last {
            self.targets.changed.send_modify(|count| *count += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::{Failure, Gone, Health, Target, Targets, Task};

    fn at(last: u8) -> SocketAddr {
        SocketAddr::from(([127, 64, 0, last], 8000))
    }

    fn known(targets: &Targets, last: u8, health: Health, stays: Option<bool>) {
        let now = Instant::now();
        let gone = stays.map(|stays| Gone {
            since: now,
            delay: Duration::from_millis(200),
            stays,
        });
        let target = Target {
            health,
            since: now,
            gone,
            against: 0,
            next: now,
            task: None,
        };
        targets.change(|all| all.insert(("g".to_owned(), at(last)), target));
    }

    async fn ends(targets: &Targets, last: u8) -> bool {
        let address: IpAddr = at(last).ip();
        timeout(Duration::from_millis(50), targets.released(address))
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn the_version_before_stays_until_the_next_is_healthy() {
        let targets = Targets::default();
        assert!(ends(&targets, 1).await, "nobody knows it");
        known(&targets, 1, Health::Healthy, Some(true));
        assert!(!ends(&targets, 1).await, "there is no other");
        known(&targets, 2, Health::Unhealthy(Failure::Status(404)), None);
        assert!(!ends(&targets, 1).await, "the other is not healthy");
        assert_eq!(targets.in_service("g", &[at(2)], |_| true), [at(1)]);
        known(&targets, 2, Health::Healthy, None);
        let request = targets.request(at(1));
        assert!(!ends(&targets, 1).await, "it answers a request");
        drop(request);
        assert!(ends(&targets, 1).await);
    }

    #[test]
    fn a_task_has_the_stop_timeout_of_its_definition() {
        let targets = Targets::default();
        known(&targets, 1, Health::Healthy, None);
        assert_eq!(targets.stop_timeout(at(1).ip()), None, "it is no task");
        let task = Task {
            cluster: "c".to_owned(),
            arn: "arn".to_owned(),
            service: "s".to_owned(),
            definition: "d:1".to_owned(),
            stop_timeout: Duration::from_secs(30),
        };
        targets.change(|all| {
            all.values_mut().for_each(|it| it.task = Some(task.clone()));
        });
        let found = targets.stop_timeout(at(1).ip());
        assert_eq!(found, Some(Duration::from_secs(30)));
        assert_eq!(targets.stop_timeout(at(2).ip()), None);
    }

    #[tokio::test]
    async fn what_is_not_replaced_drains_and_ends() {
        let targets = Targets::default();
        known(&targets, 1, Health::Healthy, Some(false));
        let _request = targets.request(at(1));
        assert!(!ends(&targets, 1).await);
        // The delay of 200 ms is over in the end.
        targets.released(at(1).ip()).await;
        known(
            &targets,
            2,
            Health::Unhealthy(Failure::NoAnswer),
            Some(true),
        );
        assert!(ends(&targets, 2).await, "what is not healthy does not stay");
        // All that are registered get requests when none is healthy.
        known(&targets, 3, Health::Checking, None);
        assert_eq!(targets.in_service("g", &[at(3)], |_| true), [at(3)]);
        assert_eq!(targets.in_service("other", &[at(9)], |_| false), [at(9)]);
    }
}
