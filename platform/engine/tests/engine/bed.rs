//! A bed to test in: a fake cloud, a ledger and the way a command runs the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bella_engine::address::Address;
use bella_engine::applied::Applied;
use bella_engine::apply::{Context, Report, Stop, apply};
use bella_engine::gate::{Gate, Open};
use bella_engine::graph::Graph;
use bella_engine::ledger::{Entry, Event, Ledger};
use bella_engine::live::Live;
use bella_engine::plan::{Plan, Refusal};
use bella_engine::planner::{Request, STACK_TAG, plan};
use bella_engine::progress::Progress;
use bella_engine::resource::{Catalog, Tags};
use bella_engine::retry::Clock;
use serde_json::Value;
use tokio::sync::watch;

use crate::fake::kinds::KINDS;
use crate::fake::{Fake, Memory, Woe, World};

/// Declared objects.
pub(crate) type Declared = Vec<(&'static str, Value)>;

/// What outlives a process: the cloud and the ledger.
#[derive(Clone)]
pub(crate) struct Saved {
    pub(crate) world: World,
    pub(crate) entries: Vec<Entry>,
}

/// How the engine is run; breakages change it.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) catalog: Catalog<Fake>,
    pub(crate) width: usize,
    pub(crate) gate: &'static dyn Gate,
    pub(crate) moved: &'static [(&'static str, &'static str)],
    pub(crate) unprotect: &'static [&'static str],
    /// A change to every plan before it is carried out.
    pub(crate) tweak: fn(&mut Plan),
    /// Whether the ledger keeps the announcements of creates.
    pub(crate) keeps_intents: bool,
    /// Whether the ledger keeps what creates reported made.
    pub(crate) keeps_reports: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            catalog: KINDS,
            width: 4,
            gate: &Open,
            moved: &[],
            unprotect: &[],
            tweak: |_| {},
            keeps_intents: true,
            keeps_reports: true,
        }
    }
}

/// How long the engine reckons with a lagging listing.
pub(crate) const LAG: Duration = Duration::from_secs(60);
pub(crate) const STACK: &str = "dev";

pub(crate) struct Bed {
    pub(crate) fake: Fake,
    pub(crate) ledger: Arc<Memory>,
    pub(crate) setup: Setup,
    runs: std::cell::Cell<usize>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Died,
    Refused(Vec<Refusal>),
    Ran(Box<(Plan, Report)>),
}

impl Bed {
    pub(crate) fn new(setup: Setup) -> Self {
        let saved = Saved {
            world: World::new(),
            entries: Vec::new(),
        };
        Self::resume(saved, setup)
    }

    pub(crate) fn resume(saved: Saved, setup: Setup) -> Self {
        let fake = Fake::resume(saved.world);
        Self {
            ledger: Memory::new(fake.clone(), saved.entries),
            fake,
            setup,
            runs: std::cell::Cell::new(0),
        }
    }

    pub(crate) fn save(&self) -> Saved {
        Saved {
            world: self.fake.world().clone(),
            entries: self.ledger.entries(),
        }
    }

    pub(crate) async fn look(&self) -> Live {
        let live = Live::look(self.setup.catalog, &self.fake, STACK).await;
        live.expect("listing does not fail here")
    }

    pub(crate) async fn plan(&self, declared: &Declared) -> Result<Plan, Vec<Refusal>> {
        let graph = graph(declared);
        let applied = self.ledger.applied();
        let live = self.settled(&graph, applied.as_ref()).await;
        self.plan_over(&graph, &live, applied.as_ref())
    }

    async fn settled(&self, graph: &Graph, applied: Option<&Applied>) -> Live {
        let (catalog, clock) = (self.setup.catalog, self.fake.clock());
        let live = Live::look_settled(catalog, &self.fake, STACK, graph, applied, clock, LAG);
        live.await.expect("listing does not fail here")
    }

    fn plan_over(
        &self,
        graph: &Graph,
        live: &Live,
        applied: Option<&Applied>,
    ) -> Result<Plan, Vec<Refusal>> {
        plan(&Request {
            catalog: self.setup.catalog,
            graph,
            live,
            applied,
            tags: &stack_tags(),
            unprotect: &self
                .setup
                .unprotect
                .iter()
                .map(|text| address(text))
                .collect(),
            keep_copies: false,
            moved: &moved(self.setup.moved),
        })
    }

    /// Drives `work` to its end in virtual time.
    pub(crate) fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        self.fake.clock().clone().run(work)
    }

    pub(crate) async fn pass(&self, time: Duration) {
        self.fake.clock().sleep(time).await;
    }

    /// One run as a command makes it, until it ends or dies.
    pub(crate) async fn run(&self, declared: &Declared, woe: Woe) -> Ended {
        self.fake.brew(woe);
        self.runs.set(self.runs.get() + 1);
        self.ledger.begin(&format!(
            "run-{}-{}",
            self.ledger.entries().len(),
            self.runs.get()
        ));
        let mut death = self.fake.trouble().death();
        tokio::select! {
            biased;
            _ = death.wait_for(|dead| *dead) => Ended::Died,
            ended = self.command(declared) => ended,
        }
    }

    async fn command(&self, declared: &Declared) -> Ended {
        let mut applied = self.ledger.applied();
        if let (Some(applied), false) = (&mut applied, self.setup.keeps_intents) {
            applied.unfinished.clear();
        }
        if let (Some(applied), false) = (&mut applied, self.setup.keeps_reports) {
            applied.standing.clear();
        }
        let graph = graph(declared);
        let live = self.settled(&graph, applied.as_ref()).await;
        let mut plan = match self.plan_over(&graph, &live, applied.as_ref()) {
            Ok(plan) => plan,
            Err(refusals) => return Ended::Refused(refusals),
        };
        (self.setup.tweak)(&mut plan);
        let planned = Event::Planned {
            took: bella_engine::took::Took::default(),
            summary: BTreeMap::new(),
            graph: graph.digest(),
            unchanged: plan.unchanged.clone(),
        };
        self.ledger
            .append(planned)
            .await
            .expect("nothing wrong with the ledger yet");
        let unfinished = applied
            .map(|applied| applied.unfinished)
            .unwrap_or_default();
        let (_go, stop) = watch::channel(Stop::No);
        let report = self.apply(&plan, &unfinished, &|_| {}, stop).await;
        Ended::Ran(Box::new((plan, report)))
    }

    pub(crate) async fn apply(
        &self,
        plan: &Plan,
        unfinished: &BTreeMap<Address, jiff::Timestamp>,
        listen: &(dyn Fn(Progress) + Sync),
        stop: watch::Receiver<Stop>,
    ) -> Report {
        let cx = Context {
            catalog: self.setup.catalog,
            cloud: &self.fake,
            ledger: &*self.ledger,
            clock: self.fake.clock(),
            stack: STACK,
            run: "run",
            width: self.setup.width,
            lag: LAG,
            gate: self.setup.gate,
            unfinished,
        };
        apply(&cx, plan, listen, stop).await
    }

    /// A run that has to end well.
    pub(crate) async fn provision(&self, declared: &Declared) {
        match self.run(declared, Woe::Nothing).await {
            Ended::Ran(ran) if ran.1.is_complete() => {}
            other => panic!("a run without trouble ended so: {other:#?}"),
        }
    }
}

pub(crate) fn graph(declared: &Declared) -> Graph {
    let declared = declared
        .iter()
        .map(|(address, props)| ((*address).to_owned(), props.clone()));
    Graph::new(KINDS, declared).expect("a valid graph")
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).expect("a valid address")
}

pub(crate) fn stack_tags() -> Tags {
    Tags::from([(STACK_TAG.to_owned(), STACK.to_owned())])
}

pub(crate) fn moved(pairs: &[(&str, &str)]) -> BTreeMap<Address, Address> {
    pairs
        .iter()
        .map(|(old, new)| (address(old), address(new)))
        .collect()
}

pub(crate) fn addresses(declared: &Declared) -> BTreeSet<Address> {
    declared.iter().map(|(text, _)| address(text)).collect()
}
