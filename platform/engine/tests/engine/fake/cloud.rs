//! The fake as the engine meets it: one call is one atomic change of the world.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bella_engine::cloud::{Cloud, CloudError};
use bella_engine::resource::{Identity, Scope};
use bella_engine::retry::Clock;
use jiff::Timestamp;

use super::clock::Paused;
use super::trouble::{Trouble, Verdict, Woe};
use super::world::World;

/// Half the time that a call takes.
const WAY: Duration = Duration::from_millis(40);

/// The cloud; clones share one world.
#[derive(Clone)]
pub(crate) struct Fake {
    clock: Paused,
    world: Arc<Mutex<World>>,
    trouble: Arc<Mutex<Trouble>>,
    gauge: Arc<Mutex<Gauge>>,
}

/// How many calls are under way at a service, now and at most.
#[derive(Default)]
struct Gauge {
    now: BTreeMap<&'static str, usize>,
    most: BTreeMap<&'static str, usize>,
}

/// One look; remembers what it is for.
pub(crate) struct Look {
    pub(crate) fake: Fake,
    pub(crate) stack: String,
    pub(crate) focus: Option<Identity>,
}

impl Fake {
    /// Goes on with `world` at the time it was left.
    pub(crate) fn resume(world: World) -> Self {
        Self {
            clock: Paused::starting(world.now),
            world: Arc::new(Mutex::new(world)),
            trouble: Arc::new(Mutex::new(Trouble::new(Woe::Nothing))),
            gauge: Arc::default(),
        }
    }

    pub(crate) fn clock(&self) -> &Paused {
        &self.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The world, brought up to now.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().expect("no panic while held");
        world.pass_until(self.clock.now());
        world
    }

    pub(crate) fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().expect("no panic while held")
    }

    pub(crate) fn brew(&self, woe: Woe) {
        *self.trouble() = Trouble::new(woe);
    }

    /// The most calls that were under way at `service` at one time.
    pub(crate) fn most_at_once(&self, service: &str) -> usize {
        let gauge = self.gauge.lock().expect("no panic while held");
        gauge.most.get(service).copied().unwrap_or_default()
    }

    /// A changing call.
    pub(crate) async fn call<T>(
        &self,
        service: &'static str,
        operation: &str,
        who: &Identity,
        work: impl FnOnce(&mut World) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let _counted = self.enter(service);
        self.clock.sleep(WAY).await;
        let tick = self.trouble().next_tick();
        let verdict = self
            .trouble()
            .before_call(&who.address.to_string(), operation);
        let answer = match verdict {
            Verdict::Die => std::future::pending().await,
            Verdict::Refuse(error) => Err(error),
            Verdict::Pass => work(&mut self.world()),
            Verdict::DoAndLose(error) => work(&mut self.world()).and(Err(error)),
        };
        let dies = self.trouble().after_tick(tick);
        if dies {
            std::future::pending().await
        }
        self.clock.sleep(WAY).await;
        answer
    }

    fn enter(&self, service: &'static str) -> Under {
        let mut gauge = self.gauge.lock().expect("no panic while held");
        let now = gauge.now.entry(service).or_default();
        *now += 1;
        let now = *now;
        let most = gauge.most.entry(service).or_default();
        *most = now.max(*most);
        Under {
            gauge: self.gauge.clone(),
            service,
        }
    }
}

/// A call under way; ends when dropped, also with a dead caller.
struct Under {
    gauge: Arc<Mutex<Gauge>>,
    service: &'static str,
}

impl Drop for Under {
    fn drop(&mut self) {
        let mut gauge = self.gauge.lock().expect("no panic while held");
        if let Some(now) = gauge.now.get_mut(self.service) {
            *now -= 1;
        }
    }
}

impl Cloud for Fake {
    type Look = Look;

    fn look(&self, scope: &Scope) -> Look {
        Look {
            fake: self.clone(),
            stack: scope.stack.clone(),
            focus: scope.focus.clone(),
        }
    }

    fn parallel(&self, service: &str) -> usize {
        if service == "narrow" { 2 } else { 16 }
    }

    fn region(&self) -> &str {
        "here-1"
    }
}
