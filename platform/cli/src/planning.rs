//! The plan of a connected stack, and carrying it out.

mod rest;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bella_aws::kinds::KINDS;
use bella_aws::ledger::Run;
use bella_aws::protection::keeps_copies;
use bella_aws::running;
use bella_engine::address::Address;
use bella_engine::applied::Applied;
use bella_engine::apply::{self, Report};
use bella_engine::gate::{Gate, Open};
use bella_engine::graph::Graph;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_engine::plan::{Action, Plan};
use bella_engine::planner::{self, ADDRESS_TAG, NAME_TAG, Request};
use bella_engine::resource::Tags;
use bella_engine::retry::Clock;
use bella_policy::AtCall;
use bella_stack::{SERVICE, is_placeholder};
use serde_json::Value;

use crate::error::CommandError;
use crate::interrupt;
use crate::render::progress::Listener;
use crate::render::usual::Usual;
use crate::session::Session;

/// How many steps run at once; most of their time is waiting.
const WIDTH: usize = 16;

/// A plan with what it was made from.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) graph: Graph,
    pub(crate) live: Live,
    pub(crate) applied: Option<Applied>,
    /// The image that runs, where the plan is the stack file's.
    pub(crate) image: Option<String>,
    /// Who is asked again just before each call; nobody where no policy judged the plan.
    pub(crate) gate: Option<AtCall>,
}

/// What exists, and what the ledger says was applied.
struct Seen {
    live: Live,
    applied: Option<Applied>,
}

impl Session {
    /// What was last applied, as a graph, with the tags that went with it.
    pub(crate) fn last_applied(&self, applied: &Applied) -> Result<(Graph, Tags), CommandError> {
        let mut tags = Tags::new();
        let mut declared = Vec::new();
        for (address, noted) in &applied.objects {
            let mut properties = noted.clone();
            let noted_tags = properties
                .as_object_mut()
                .and_then(|map| map.remove("tags"));
            if let Some(Value::Object(map)) = noted_tags {
                let shared = map
                    .into_iter()
                    .filter(|(key, _)| key != ADDRESS_TAG && key != NAME_TAG);
                tags.extend(
                    shared.filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))),
                );
            }
            declared.push((address.to_string(), properties));
        }
        Ok((Graph::new(KINDS, declared)?, tags))
    }

    /// The difference between the stack file, with the image that runs, and what exists.
    ///
    /// # Errors
    /// What exists cannot be listed, or the plan is refused.
    pub(crate) async fn plan(
        &self,
        unprotect: &BTreeSet<Address>,
    ) -> Result<Planned, CommandError> {
        let seen = self.see(self.graph()?).await?;
        let image = self.running(&seen.live).await?;
        let graph = self.graph_now(image.as_deref(), &seen.live, seen.applied.as_ref())?;
        let planned = self.compare(graph, &self.tags(), seen, unprotect)?;
        Ok(Planned { image, ..planned })
    }

    /// The difference between `graph` with these tags and what exists.
    ///
    /// # Errors
    /// As [`Session::plan`].
    pub(crate) async fn plan_graph(
        &self,
        graph: Graph,
        tags: &Tags,
        unprotect: &BTreeSet<Address>,
    ) -> Result<Planned, CommandError> {
        let seen = self.see(&graph).await?;
        self.compare(graph, tags, seen, unprotect)
    }

    /// What exists, and how many changes of the stack file are pending; `None` where it cannot be carried out as it is.
    ///
    /// # Errors
    /// What exists cannot be listed.
    pub(crate) async fn pending(&self) -> Result<(Live, Option<usize>), CommandError> {
        let seen = self.see(self.graph()?).await?;
        let live = seen.live.clone();
        let image = self.running(&live).await?;
        let graph = self.graph_now(image.as_deref(), &live, seen.applied.as_ref());
        let planned =
            graph.and_then(|graph| self.compare(graph, &self.tags(), seen, &BTreeSet::new()));
        let changes = planned.ok().map(|planned| planned.plan.changes.len());
        Ok((live, changes))
    }

    /// The difference between `graph` and what exists at its addresses: whatever else the stack has is no part of the plan, and
    /// nothing gets other tags than the objects of the graph have.
    ///
    /// # Errors
    /// As [`Session::plan`].
    pub(crate) async fn plan_part(&self, graph: Graph) -> Result<Planned, CommandError> {
        let seen = self.see(self.graph()?).await?;
        let mut own = seen.live.clone();
        own.objects
            .retain(|object| graph.get(&object.address).is_some());
        let tags = shared_tags(&own);
        self.compare_part(graph, &BTreeSet::new(), &tags, seen)
    }

    /// What the stack file wants now, with the image that `live` says the service runs.
    ///
    /// # Errors
    /// There is no stack file, or AWS refuses to describe what runs.
    pub(crate) async fn desired(&self, live: &Live) -> Result<Graph, CommandError> {
        let image = self.running(live).await?;
        let applied = self.store.applied(&self.place).await?;
        self.graph_now(image.as_deref(), live, applied.as_ref())
    }

    /// The image that was deployed last and runs; `None` before the first.
    ///
    /// # Errors
    /// AWS refuses to describe what runs.
    pub(crate) async fn running(&self, live: &Live) -> Result<Option<String>, CommandError> {
        let service = Address::parse(SERVICE).expect("the blueprint's own addresses can be read");
        let image = running::image(&self.aws, live, &service).await?;
        Ok(image.filter(|image| !is_placeholder(image)))
    }

    async fn see(&self, graph: &Graph) -> Result<Seen, CommandError> {
        let applied = self.store.applied(&self.place).await?;
        let live = Live::look_settled(
            KINDS,
            &self.aws,
            &self.stack,
            graph,
            applied.as_ref(),
            &WallClock,
            self.lag,
        )
        .await?;
        Ok(Seen { live, applied })
    }

    fn compare(
        &self,
        graph: Graph,
        tags: &Tags,
        seen: Seen,
        unprotect: &BTreeSet<Address>,
    ) -> Result<Planned, CommandError> {
        let Seen { live, applied } = seen;
        let moved = self.moved();
        let plan = planner::plan(&Request {
            catalog: KINDS,
            graph: &graph,
            live: &live,
            applied: applied.as_ref(),
            tags,
            unprotect,
            keep_copies: !self.skip_copies && keeps_copies(&live, tags),
            moved: &moved,
        })?;
        // What a run deleted that was cut off before it could say so.
        let stands = |address: &Address| {
            graph.get(address).is_some() || plan.steps.iter().any(|step| step.address == *address)
        };
        let applied = applied.map(|mut applied| {
            applied.objects.retain(|address, _| stands(address));
            applied
        });
        Ok(Planned {
            plan,
            graph,
            live,
            applied,
            image: None,
            gate: None,
        })
    }

    /// What the plan's steps usually take.
    pub(crate) fn usual(&self, planned: &Planned) -> Usual {
        let applied = planned.applied.as_ref();
        let took = applied.map(|applied| applied.took.clone());
        Usual::new(took.unwrap_or_default(), self.is_aws())
    }

    fn moved(&self) -> BTreeMap<Address, Address> {
        let Some(file) = &self.file else {
            return BTreeMap::new();
        };
        let address = |text: &dyn std::fmt::Display| Address::parse(&text.to_string()).ok();
        let moved = &file.loaded.stack.moved;
        moved
            .iter()
            .filter_map(|(old, new)| Some((address(old)?, address(new)?)))
            .collect()
    }

    /// Carries out a plan under `run`, recording it.
    pub(crate) async fn carry_out(
        &self,
        run: &Run,
        planned: &Planned,
        listener: &Listener<'_>,
    ) -> Result<Report, CommandError> {
        let applied = planned.applied.clone().unwrap_or_default();
        let mut known = applied.objects;
        known.extend(planned.plan.unchanged.clone());
        run.append(Event::Planned {
            summary: summary(&planned.plan),
            graph: planned.graph.digest(),
            unchanged: known,
            took: applied.took,
        })
        .await?;
        let (stop, follower) = interrupt::follow(listener.voice());
        let context = apply::Context {
            catalog: KINDS,
            cloud: &self.aws,
            ledger: run,
            clock: &WallClock,
            stack: &self.stack,
            run: run.id(),
            width: WIDTH,
            lag: self.lag,
            gate: planned
                .gate
                .as_ref()
                .map_or(&Open as &dyn Gate, |gate| gate),
            unfinished: &applied.unfinished,
        };
        let report = apply::apply(
            &context,
            &planned.plan,
            &|progress| listener.hear(&progress),
            stop,
        )
        .await;
        follower.abort();
        let (done, failed, skipped) = report.counts();
        let outcome = match (report.interrupted, failed + skipped) {
            (true, _) => "interrupted",
            (false, 0) => "done",
            _ => "failed",
        };
        let ended = Event::Ended {
            outcome: outcome.to_owned(),
            done,
            failed,
            skipped,
        };
        // A ledger that can no longer be written is already in the report.
        let _unrecorded = run.append(ended).await;
        Ok(report)
    }
}

/// The tags that all of these have, beside those that are each one's own.
fn shared_tags(live: &Live) -> Tags {
    let own = [ADDRESS_TAG, NAME_TAG];
    let mut all = live.objects.iter().filter(|object| !object.tags.is_empty());
    let mut tags = all
        .next()
        .map(|first| first.tags.clone())
        .unwrap_or_default();
    for object in all {
        tags.retain(|key, value| object.tags.get(key) == Some(value));
    }
    tags.retain(|key, _| !own.contains(&key.as_str()));
    tags
}

/// Changes by action, in the words of the plan's last line.
pub(crate) fn summary(plan: &Plan) -> BTreeMap<String, usize> {
    [
        ("create", Action::Create),
        ("update", Action::Update),
        ("replace", Action::Replace),
        ("delete", Action::Delete),
        ("move", Action::Move),
        ("adopt", Action::Adopt),
    ]
    .into_iter()
    .map(|(word, action)| (word.to_owned(), plan.count(action)))
    .collect()
}

/// The machine's clock and chance.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> bella_engine::resource::Pending<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn chance(&self) -> f64 {
        f64::from(jiff::Timestamp::now().subsec_nanosecond() % 1000) / 1000.0
    }
}
