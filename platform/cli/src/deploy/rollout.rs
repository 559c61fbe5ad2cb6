//! From an image in the registry to a version that serves, or back to the one before.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bella_aws::deploy::retire;
use bella_aws::ledger::Run;
use bella_aws::rollout::own;
use bella_engine::address::Address;
use bella_engine::apply::Report;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_engine::resource::Outputs;
use bella_smoke::{Door, Keys};
use bella_stack::{DEFINITION, MIGRATION, SERVICE, blueprint_awake, blueprint_registering};

use super::explain::explain;
use super::secrets::Values;
use super::{Talk, migrate, watching};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::planning::Planned;
use crate::render::progress::Listener;
use crate::render::report;
use crate::session::Session;
use crate::target::of;

/// A deployment of one stack, under its lease.
pub(crate) struct Deployment<'a> {
    pub(crate) cx: &'a Context,
    pub(crate) session: &'a Session,
    pub(crate) run: &'a Run,
    pub(crate) values: &'a Values,
    pub(crate) talk: Talk<'a>,
    /// The image that runs; `None` before the first deployment.
    pub(crate) before: Option<String>,
    /// The command that repeats this one.
    pub(crate) again: String,
    /// What follows the commands that are told: the stack's file, and options.
    pub(crate) options: String,
    /// How long the new version may take to serve.
    pub(crate) timeout: Duration,
}

/// How a deployment went that did not fail before anything was rolled out.
pub(crate) enum Went {
    /// The image serves.
    Well,
    /// It does not; what serves instead, where anything does.
    Back {
        why: CommandError,
        serves: Option<String>,
    },
}

impl Deployment<'_> {
    /// Rolls `image` out and proves that it serves; puts the image before it back where it does not.
    ///
    /// # Errors
    /// It failed before a task of the new version started, or neither version could be made to serve.
    pub(crate) async fn carry_out(
        &self,
        live: &Live,
        image: &str,
        migrates: bool,
    ) -> Result<Went, CommandError> {
        let revisions = match self.before.as_deref() == Some(image) {
            true => Vec::new(),
            false => self.register(live, image, migrates).await?,
        };
        let out = match self.roll(live, image, &revisions).await {
            Ok(()) => match self.prove(image).await {
                Err(why) => Err(explain(self.session, place(live), &self.options, why).await),
                Ok(()) => Ok(()),
            },
            Err(why) => Err(why),
        };
        match out {
            Ok(()) => {
                self.note("deploy", image).await?;
                Ok(Went::Well)
            }
            Err(why) => self.back(why, &revisions).await,
        }
    }

    /// Registers the revisions of `image` and migrates the database; the service stays as it is. The new revisions.
    async fn register(
        &self,
        live: &Live,
        image: &str,
        migrates: bool,
    ) -> Result<Vec<String>, CommandError> {
        let stack = &self.session.file()?.loaded.stack;
        let has_database = migrates && stack.database.is_some();
        if has_database {
            migrate::login(self.session, self.run, self.talk).await?;
        }
        self.talk.phase("register", "Registering the revision");
        let held = held(live)?;
        let nodes = blueprint_registering(stack, self.before.as_deref(), image, held);
        let planned = self.plan(of(nodes)?).await?;
        let report = self.apply(&planned).await?;
        let revision = |address: &str| revision(&report, address);
        let registered = [DEFINITION, MIGRATION].into_iter().filter_map(revision);
        let registered: Vec<String> = registered.collect();
        if let Some(migration) = revision(MIGRATION).filter(|_| has_database) {
            self.talk.phase("migrate", "Migrating the database");
            let migrated = migrate::migrate(self.session, live, &migration, self.talk).await;
            if let Err(why) = migrated {
                self.retire(&registered).await?;
                return Err(why);
            }
        }
        Ok(registered)
    }

    async fn roll(
        &self,
        live: &Live,
        image: &str,
        revisions: &[String],
    ) -> Result<(), CommandError> {
        self.talk
            .phase("roll out", &format!("Rolling out {}", digest(image)));
        let stack = &self.session.file()?.loaded.stack;
        let asleep = asleep(live);
        let graph = match asleep {
            true => of(blueprint_awake(stack, image))?,
            false => self.session.file()?.graph_running(image)?,
        };
        let planned = self.plan(graph).await?;
        let (Some(revision), Some((cluster, service))) = (revisions.first(), place(live)) else {
            return self.apply(&planned).await.map(|_| ());
        };
        let ours = own::Deployment {
            cluster,
            service,
            task_definition: revision.clone(),
            since: jiff::Timestamp::now(),
        };
        let applying = async { self.apply(&planned).await.map(|_| ()) };
        let (session, talk) = (self.session, self.talk);
        watching::both(session, &ours, self.timeout, &self.options, talk, applying).await?;
        if asleep {
            // The number of tasks is the schedule's and scaling's again.
            self.forget_count(image).await?;
        }
        Ok(())
    }

    /// Records the stack as its file has it, without the number of tasks that it was woken with.
    async fn forget_count(&self, image: &str) -> Result<(), CommandError> {
        let planned = self.session.plan_image(image).await?;
        self.apply(&planned).await.map(|_| ())
    }

    async fn prove(&self, image: &str) -> Result<(), CommandError> {
        self.talk
            .phase("prove", "Proving that it serves, with a pretend call");
        let live = self.session.look().await?;
        let door = self.door(&live).await?;
        let id = self
            .run
            .id()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "");
        let id = format!(
            "{}-{}",
            &id[id.len().saturating_sub(24)..],
            digest(image).len()
        );
        let talk = self.talk;
        let began = Instant::now();
        bella_smoke::check(&door, &id, &mut |passed| {
            talk.done(passed.step, Some(passed.took));
        })
        .await
        .map_err(|failure| {
            CommandError::new(Exit::Failed, format!("the proof failed at {failure}"))
        })?;
        self.talk.done("serves", Some(began.elapsed()));
        Ok(())
    }

    async fn door(&self, live: &Live) -> Result<Door, CommandError> {
        let definition = live
            .objects
            .iter()
            .filter(|object| object.address.to_string() == DEFINITION)
            .find_map(|object| object.props.as_ref());
        let public = definition
            .and_then(|it| it["container"]["environment"]["PUBLIC_BASE_URL"].as_str())
            .unwrap_or_default();
        let url = match self.cx.global.sandbox {
            true => self.cx.sandbox_up().await?.service_url,
            false => None,
        };
        let value = |key: &str| self.values.get(key).cloned().unwrap_or_default();
        let keys = Keys {
            twilio_auth_token: value("TWILIO_AUTH_TOKEN"),
            api_key: value("BELLA_API_KEY"),
        };
        Door::new(url.as_deref().unwrap_or(public), public, keys)
            .map_err(|err| CommandError::new(Exit::Failed, format!("making an HTTP client: {err}")))
    }

    /// Puts the image before back, and proves that it serves.
    async fn back(&self, why: CommandError, revisions: &[String]) -> Result<Went, CommandError> {
        if self.cx.ui.json {
            self.cx.ui.line(
                &serde_json::json!({"type": "problem", "errors": why.lines, "hints": why.hints}),
            );
        } else {
            self.cx.ui.error(&why);
        }
        let Some(before) = self.before.clone() else {
            self.undeploy(revisions).await?;
            return Ok(Went::Back { why, serves: None });
        };
        self.talk
            .phase("roll back", &format!("Rolling back to {}", digest(&before)));
        self.retire(revisions).await?;
        let planned = self.session.plan_image(&before).await?;
        let returned = match self.apply(&planned).await {
            Ok(_) => self.prove(&before).await,
            Err(error) => Err(error),
        };
        match returned {
            Ok(()) => {
                self.note("roll back", &before).await?;
                Ok(Went::Back {
                    why,
                    serves: Some(before),
                })
            }
            Err(mut error) => {
                error
                    .lines
                    .insert(0, "the version before does not serve either".to_owned());
                error
                    .hints
                    .push(format!("once the cause is mended: {}", self.again));
                Err(error)
            }
        }
    }

    /// There is no version to go back to: no task is wanted any longer, so that none is started again and again.
    async fn undeploy(&self, revisions: &[String]) -> Result<(), CommandError> {
        self.talk.phase(
            "roll back",
            "There is no version before: stopping its tasks",
        );
        self.retire(revisions).await?;
        let graph = self.session.graph()?.clone();
        let planned = self.plan(graph).await?;
        self.apply(&planned).await.map(|_| ())
    }

    async fn retire(&self, revisions: &[String]) -> Result<(), CommandError> {
        for revision in revisions {
            retire(&self.session.aws, revision).await?;
        }
        Ok(())
    }

    async fn plan(&self, graph: bella_engine::graph::Graph) -> Result<Planned, CommandError> {
        let tags = self.session.tags();
        self.session
            .plan_graph(graph, &tags, &BTreeSet::new())
            .await
    }

    async fn apply(&self, planned: &Planned) -> Result<Report, CommandError> {
        let usual = self.session.usual(planned);
        let listener = Listener::new(&self.cx.ui, planned.plan.steps.len(), usual);
        let report = self.session.carry_out(self.run, planned, &listener).await?;
        listener.finish();
        match report.is_complete() {
            true => Ok(report),
            false => Err(report::failure(&report, &self.again)),
        }
    }

    async fn note(&self, action: &str, image: &str) -> Result<(), CommandError> {
        Ok(self
            .run
            .append(Event::Noted {
                address: Address::parse(SERVICE)
                    .expect("the blueprint's own addresses can be read"),
                action: action.to_owned(),
                id: image.to_owned(),
            })
            .await?)
    }
}

/// The part of an image's name that pins it.
pub(crate) fn digest(image: &str) -> &str {
    image.rsplit_once('@').map_or(image, |(_, digest)| digest)
}

/// The revision that the service is set to run.
fn held(live: &Live) -> Result<&str, CommandError> {
    let service = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == SERVICE);
    let revision = service.and_then(|it| it.props.as_ref()?["task_definition"].as_str());
    revision.ok_or_else(|| {
        CommandError::new(Exit::Failed, "the stack has no service yet".to_owned())
            .hint("make it first: bella provision STACK")
    })
}

/// Whether no task of the service is wanted: before the first deployment, and in the schedule's off-hours.
fn asleep(live: &Live) -> bool {
    let service = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == SERVICE)
        .and_then(|object| object.props.as_ref());
    service.is_some_and(|service| service["desired_count"] == 0)
}

/// The cluster and the service, by name or ARN.
fn place(live: &Live) -> Option<(String, String)> {
    let service = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == SERVICE)?;
    let cluster = service.props.as_ref()?["cluster"].as_str()?;
    Some((cluster.to_owned(), service.id.clone()))
}

fn revision(report: &Report, address: &str) -> Option<String> {
    let address = Address::parse(address).ok()?;
    let outputs: &Outputs = report.outputs.get(&address)?;
    outputs.get("arn").cloned()
}
