use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use super::Engine;
use super::container::Container;
use super::targets::Targets;
use super::volumes::remove_folder;

/// How long a request may be between the choice of its target and being counted as under way.
const CHOSEN: Duration = Duration::from_millis(400);

impl Engine {
    /// What load balancers know of tasks.
    pub(crate) fn targets(&self) -> &Targets {
        &self.surroundings.targets
    }

    /// Cluster and ARN of the task that has an address.
    pub(crate) fn task_at(&self, address: IpAddr) -> Option<(String, String)> {
        let all = self.all().into_iter().chain(self.leaving());
        let mut tasks = all.filter(|container| IpAddr::V4(container.address) == address);
        tasks.find_map(|container| {
            let label = |name| container.spec.label(name).map(str::to_owned);
            Some((
                label("com.amazonaws.ecs.cluster")?,
                label("com.amazonaws.ecs.task-arn")?,
            ))
        })
    }

    /// Whether the container that a target stands for runs; those beside it do not serve.
    pub(crate) fn runs(&self, address: IpAddr) -> bool {
        self.first_at(address)
            .is_some_and(|container| container.is_running())
    }

    /// The oldest container at an address: that which a task is for, since the emulator makes those beside it later.
    fn first_at(&self, address: IpAddr) -> Option<Arc<Container>> {
        let all = self.all().into_iter().chain(self.leaving());
        let at = all.filter(|container| IpAddr::V4(container.address) == address);
        at.min_by_key(|container| container.created)
    }

    pub(super) fn leaving(&self) -> Vec<Arc<Container>> {
        let leaving = self.leaving.lock();
        leaving.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a task away that is a load balancer's target; its process goes on until no balancer needs it, and is then
    /// stopped. False when no load balancer knows it.
    ///
    /// The emulator stops a version's tasks as soon as those of the next run. ECS waits until the load balancer finds
    /// them healthy, and ends a task when its target has drained: by the signal, and when its stop timeout is over by force.
    pub(super) fn drain(self: &Arc<Self>, container: &Arc<Container>, grace: Duration) -> bool {
        let address = IpAddr::V4(container.address);
        if !container.is_running() || !self.targets().knows(address) {
            return false;
        }
        let leaving = self.leaving.lock();
        leaving
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::clone(container));
        self.take_out(&container.id);
        self.targets().news.notify_one();
        let (engine, container) = (Arc::clone(self), Arc::clone(container));
        tokio::spawn(async move {
            tokio::select! {
                () = engine.targets().released(address) => {}
                _ = container.ended() => {}
            }
            // ECS ends what others depend on after them.
            if let Some(first) = engine
                .first_at(address)
                .filter(|first| first.id != container.id)
            {
                first.ended().await;
            }
            // The emulator's own patience is five seconds, whatever the task definition says.
            let grace = engine.targets().stop_timeout(address).unwrap_or(grace);
            engine.targets().forget(address);
            // Whoever chose it before sends a last request.
            sleep(CHOSEN).await;
            engine.targets().idle(address, grace).await;
            container.stop(grace).await;
            if let Err(error) = remove_folder(&container.folder) {
                let name = &container.name;
                let journal = &engine.journal;
                journal.note(format_args!("the files of {name} stay: {error}"));
            }
            let leaving = engine.leaving.lock();
            leaving
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|one| one.id != container.id);
        });
        true
    }
}
