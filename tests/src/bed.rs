use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bella_aws::clients::Aws;
use bella_engine::address::Address;
use bella_engine::applied::Applied;
use bella_engine::apply::{self, Context, Report, Stop};
use bella_engine::diff::select;
use bella_engine::gate::Open;
use bella_engine::graph::Graph;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::{Live, Object};
use bella_engine::name::{fingerprint, name};
use bella_engine::plan::{Plan, Refusal};
use bella_engine::planner::{self, ADDRESS_TAG, Request, STACK_TAG};
use bella_engine::reference::resolve;
use bella_engine::resource::{Catalog, Identity, Kind, Owner, Tags, find_kind};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Brisk;
use crate::ledger::Memory;

/// Objects of a stack as (address, properties).
pub type Declared = Vec<(String, Value)>;

/// How long a listing of the sandbox is reckoned to lag, in the [`Brisk`] clock's seconds.
const LAG: Duration = Duration::from_secs(10);

/// One stack in a sandbox with a ledger of its own: the engine as a command runs it.
pub struct Bed {
    aws: Aws,
    stack: String,
    catalog: Catalog<Aws>,
    ledger: Memory,
    tags: Tags,
    runs: AtomicUsize,
    clock: Brisk,
}

impl Bed {
    /// A stack of that name, of kinds in `catalog`.
    #[must_use]
    pub fn new(aws: &Aws, catalog: Catalog<Aws>, stack: &str) -> Self {
        let tags = [
            (STACK_TAG, stack),
            ("bella:environment", "test"),
            ("bella:region", aws.region()),
        ];
        Self {
            aws: aws.clone(),
            stack: stack.to_owned(),
            catalog,
            ledger: Memory::default(),
            tags: tags
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            runs: AtomicUsize::new(0),
            clock: Brisk::default(),
        }
    }

    /// The same stack by another clock.
    #[must_use]
    pub fn by(self, clock: Brisk) -> Self {
        Self { clock, ..self }
    }

    /// What waits pass by.
    #[must_use]
    pub fn clock(&self) -> &Brisk {
        &self.clock
    }

    /// The clients.
    #[must_use]
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The stack's name.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The kind of `address`.
    ///
    /// # Panics
    /// The catalogue does not have it.
    #[must_use]
    pub fn kind(&self, address: &Address) -> &'static dyn Kind<Aws> {
        find_kind(self.catalog, address.kind()).expect("beds are asked for kinds they have")
    }

    /// What the stack has.
    ///
    /// # Errors
    /// A kind that could not be listed.
    pub async fn look(&self) -> Result<Live, String> {
        let seen = Live::look(self.catalog, &self.aws, &self.stack).await;
        seen.map_err(|errors| list(&errors))
    }

    /// The difference between `declared` and what the stack has.
    ///
    /// # Errors
    /// What the engine refuses; a failed look or a graph that does not hold is a panic.
    pub async fn plan(&self, declared: &Declared) -> Result<Plan, Vec<Refusal>> {
        let live = self.look().await.unwrap_or_else(|why| panic!("{why}"));
        self.plan_now(declared, &live)
    }

    /// The difference between `declared` and `live`, with what the ledger knows.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn plan_now(&self, declared: &Declared, live: &Live) -> Result<Plan, Vec<Refusal>> {
        let applied = self.ledger.applied();
        self.plan_over(declared, live, applied.as_ref())
    }

    /// The difference between `declared` and `live`; protected objects may go.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn plan_over(
        &self,
        declared: &Declared,
        live: &Live,
        applied: Option<&Applied>,
    ) -> Result<Plan, Vec<Refusal>> {
        let unprotect: BTreeSet<Address> = live
            .objects
            .iter()
            .map(|object| object.address.clone())
            .collect();
        planner::plan(&Request {
            catalog: self.catalog,
            graph: &self.graph(declared),
            live,
            applied,
            tags: &self.tags,
            unprotect: &unprotect,
            keep_copies: false,
            moved: &BTreeMap::new(),
        })
    }

    fn graph(&self, declared: &Declared) -> Graph {
        Graph::new(self.catalog, declared.clone()).unwrap_or_else(|why| panic!("{}", list(&why)))
    }

    /// Carries out a plan for `declared` and records it.
    pub async fn apply(&self, declared: &Declared, plan: &Plan) -> Report {
        let applied = self.ledger.applied().unwrap_or_default();
        let planned = Event::Planned {
            took: applied.took.clone(),
            summary: BTreeMap::new(),
            graph: self.graph(declared).digest(),
            unchanged: plan.unchanged.clone(),
        };
        let noted = self.ledger.append(planned).await;
        noted.expect("a ledger in memory takes everything");
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let run = format!("{}-{run}", self.stack);
        let (_go, stop) = watch::channel(Stop::No);
        let context = Context {
            catalog: self.catalog,
            cloud: &self.aws,
            ledger: &self.ledger,
            clock: &self.clock,
            stack: &self.stack,
            run: &run,
            width: 16,
            lag: LAG,
            gate: &Open,
            unfinished: &applied.unfinished,
        };
        apply::apply(&context, plan, &|_| (), stop).await
    }

    /// One run, as a command makes it.
    ///
    /// # Errors
    /// The look failed, the engine refused, or steps failed: which and why.
    pub async fn provision(&self, declared: &Declared) -> Result<Report, String> {
        let live = self.look().await?;
        let applied = self.ledger.applied();
        let plan = self
            .plan_over(declared, &live, applied.as_ref())
            .map_err(|refusals| list(&refusals))?;
        let report = self.apply(declared, &plan).await;
        match report.is_complete() {
            true => Ok(report),
            false => Err(failures(&report)),
        }
    }

    /// The one object at `address` of `declared`.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub async fn object(&self, declared: &Declared, address: &Address) -> Result<Object, String> {
        let mut found = self.objects(declared, address).await?;
        found.retain(|object| object.props.is_some());
        match found.len() {
            1 => Ok(found.remove(0)),
            count => Err(format!("{count} objects are {address}")),
        }
    }

    /// Everything that is `address` of `declared`: by its tag, older revisions too, or for a child
    /// by its immutable properties.
    ///
    /// # Errors
    /// The look failed, or the engine refuses `declared`.
    pub async fn objects(
        &self,
        declared: &Declared,
        address: &Address,
    ) -> Result<Vec<Object>, String> {
        let live = self.look().await?;
        let plan = self.plan_over(declared, &live, None);
        let known = plan.map_err(|refusals| list(&refusals))?.known;
        let graph = self.graph(declared);
        let properties = graph.get(address).map(|node| &node.properties);
        let resolved = resolve(properties.unwrap_or(&Value::Null), &|reference| {
            known
                .get(&reference.address)?
                .get(&reference.output)
                .cloned()
        });
        let kind = self.kind(address);
        let wanted = select(&kind.normalize(&resolved)?, kind.immutable());
        let is_it = |object: &Object| match (object.claimed, &object.props) {
            (true, _) => object.address == *address,
            (false, Some(props)) => {
                object.kind == address.kind() && select(props, kind.immutable()) == wanted
            }
            (false, None) => false,
        };
        Ok(live.objects.into_iter().filter(is_it).collect())
    }

    /// Who `object` is, as the engine would say it in a call.
    #[must_use]
    pub fn who(&self, address: &Address, object: &Object) -> Identity {
        let kind = self.kind(address);
        let null = Value::Null;
        let props = object.props.as_ref().unwrap_or(&null);
        let immutables = select(props, kind.immutable());
        let mut tags = Tags::new();
        if kind.owner() == Owner::Tags {
            tags = self.tags.clone();
            tags.insert(ADDRESS_TAG.to_owned(), address.to_string());
        }
        Identity {
            stack: self.stack.clone(),
            address: address.clone(),
            name: name(
                kind.naming(),
                &self.stack,
                self.aws.region(),
                address,
                &immutables,
            ),
            id: Some(object.id.clone()),
            tags,
            token: fingerprint(&["by hand", &object.id])[..32].to_owned(),
            keep_copy: false,
        }
    }
}

/// The address that `text` is.
///
/// # Panics
/// It is none.
#[must_use]
pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|why| panic!("{why}"))
}

fn failures(report: &Report) -> String {
    use bella_engine::progress::Outcome;
    let lines = report
        .steps
        .iter()
        .filter_map(|(address, verb, outcome)| match outcome {
            Outcome::Done(_) => None,
            Outcome::Failed(why) => Some(format!("{} {address}: {why}", verb.word())),
            Outcome::Skipped(why) => {
                Some(format!("{} {address} was skipped after {why}", verb.word()))
            }
        });
    lines.collect::<Vec<String>>().join("; ")
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join("; ")
}
