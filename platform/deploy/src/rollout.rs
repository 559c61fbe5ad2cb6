//! From an image in the registry to a version that serves, or back to the one before.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bella_aws::rollout::own;
use bella_engine::address::Address;
use bella_engine::live::Live;
use bella_engine::resource::Outputs;
use bella_stack::{DEFINITION, MIGRATION, Node, asleep};
use zeroize::Zeroizing;

use crate::basis::Basis;
use crate::explain::explain;
use crate::problem::Problem;
use crate::rotation::newest;
use crate::site::{Proof, Site, Told, Values};
use crate::{listing, migrate, watched};

/// How a rollout went that did not fail before a task of the new version could start.
#[derive(Debug)]
pub enum Went<E> {
    /// The image serves.
    Well,
    /// It does not; what serves instead, where anything did before.
    Back {
        /// Why it does not.
        why: E,
        /// The image before.
        serves: Option<String>,
    },
    /// It does not, and neither could the image before be made to serve.
    Lost {
        /// Why it does not.
        why: E,
        /// Why the one before does not.
        back: E,
    },
}

/// One rollout: what there is when it begins.
pub(crate) struct Rollout<'a, S> {
    pub(crate) site: &'a S,
    pub(crate) live: &'a Live,
    pub(crate) basis: &'a Basis<'a>,
    /// The image that runs; `None` before the first deployment.
    pub(crate) before: Option<&'a str>,
    pub(crate) values: Values,
    /// How long a version may take to serve.
    pub(crate) timeout: Duration,
}

impl<S: Site> Rollout<'_, S> {
    /// Rolls `image` out and proves that it serves; puts the image before it back where it does not.
    ///
    /// # Errors
    /// It failed before a task of the new version could start: the one that ran still runs, and what was registered is retired.
    pub(crate) async fn carry_out(
        &self,
        image: &str,
        migrates: bool,
    ) -> Result<Went<S::Error>, S::Error> {
        let revisions = match self.before == Some(image) {
            true => Vec::new(),
            false => self.register(image, migrates).await?,
        };
        let out = match self.roll(image, revisions.first()).await {
            Ok(()) => match self.prove(image).await {
                Err(why) => Err(explain(self.site, listing::place(self.live), why).await),
                Ok(()) => Ok(()),
            },
            Err(why) => Err(why),
        };
        match out {
            Ok(()) => {
                self.site.note("deploy", image).await?;
                Ok(Went::Well)
            }
            Err(why) => Ok(self.back(why, &revisions).await),
        }
    }

    /// Starts tasks of the same image that read their secrets anew, and proves with `values` that they serve; where they do not,
    /// `undo` gives the secrets their old values, and tasks are started that read those.
    ///
    /// # Errors
    /// It failed before such a task could start; the secrets have their old values.
    pub(crate) async fn renew(
        &self,
        values: Values,
        image: &str,
        undo: impl AsyncFnOnce() -> Result<(), S::Error>,
    ) -> Result<Went<S::Error>, S::Error> {
        let again = match listing::held(self.live) {
            Some(held) => self.site.register_again(held).await,
            None => Err(Problem::failed("the stack has no service yet").into()),
        };
        let revision = match again {
            Ok(revision) => revision,
            Err(why) => {
                undo().await?;
                return Err(why);
            }
        };
        let renewed = Rollout { values, ..*self };
        let out = match renewed.roll(image, Some(&revision)).await {
            Ok(()) => renewed.prove(image).await,
            Err(why) => Err(why),
        };
        match out {
            Ok(()) => {
                self.site.note("rotate", image).await?;
                Ok(Went::Well)
            }
            Err(why) => match undo().await {
                Ok(()) => Ok(self.back(why, &[revision]).await),
                Err(back) => Ok(Went::Lost { why, back }),
            },
        }
    }

    /// Registers the revisions of `image` and migrates the database; the service stays as it is. The new revisions, the service's
    /// own first.
    async fn register(&self, image: &str, migrates: bool) -> Result<Vec<String>, S::Error> {
        let registered = match self.registered(image, migrates).await {
            Ok(registered) => registered,
            Err(why) => {
                self.retire_fresh().await;
                return Err(why);
            }
        };
        let migration = registered.get(1).filter(|_| self.has_database(migrates));
        if let Some(migration) = migration
            && let Err(why) = migrate::migrate(self.site, self.live, migration).await
        {
            self.retire(&registered).await;
            return Err(why);
        }
        Ok(registered)
    }

    async fn registered(&self, image: &str, migrates: bool) -> Result<Vec<String>, S::Error> {
        if self.has_database(migrates) {
            migrate::login(self.site).await?;
        }
        self.phase("register", "Registering the revision");
        let held = listing::held(self.live).ok_or_else(|| {
            Problem::failed("the stack has no service yet")
                .hint(format!("make it first: {}", self.site.command("provision")))
        })?;
        let nodes = self.basis.registering(self.before, image, held);
        let outputs = self.apply(nodes).await?;
        let own = arn(&outputs, DEFINITION).ok_or_else(|| {
            Problem::failed(format!("{DEFINITION} was registered, and AWS named no ARN"))
        })?;
        Ok([Some(own), arn(&outputs, MIGRATION)]
            .into_iter()
            .flatten()
            .collect())
    }

    fn has_database(&self, migrates: bool) -> bool {
        migrates && self.site.stack().database.is_some()
    }

    async fn roll(&self, image: &str, revision: Option<&String>) -> Result<(), S::Error> {
        self.phase("roll out", &format!("Rolling out {}", digest(image)));
        let sleeps = asleep(self.live);
        let nodes = match sleeps {
            true => self.basis.awake(image),
            false => self.basis.running(image),
        };
        let applying = async { self.apply(nodes).await.map(|_| ()) };
        let (Some(revision), Some((cluster, service))) = (revision, listing::place(self.live))
        else {
            return applying.await;
        };
        let ours = own::Deployment {
            cluster,
            service,
            task_definition: revision.clone(),
            since: jiff::Timestamp::now(),
        };
        watched::both(self.site, &ours, self.timeout, applying).await?;
        if sleeps {
            // The number of tasks is the schedule's and scaling's again.
            self.apply(self.basis.running(image)).await?;
        }
        Ok(())
    }

    async fn prove(&self, image: &str) -> Result<(), S::Error> {
        self.phase("prove", "Proving that it serves, with a pretend call");
        let live = self.site.look().await?;
        let value = |key: &str| {
            let all = self.values.get(key).map(|text| text.as_str());
            Zeroizing::new(newest(key, all.unwrap_or_default()).to_owned())
        };
        let proof = Proof {
            public: listing::public(&live).to_owned(),
            twilio_auth_token: value("TWILIO_AUTH_TOKEN"),
            api_key: value("BELLA_API_KEY"),
            id: proof_id(self.site.run_id(), image),
        };
        let began = Instant::now();
        self.site
            .prove(proof, &mut |passed| {
                self.done(passed.step, Some(passed.took));
            })
            .await?;
        self.done("serves", Some(began.elapsed()));
        Ok(())
    }

    /// Puts the image before back, and proves that it serves.
    async fn back(&self, why: S::Error, revisions: &[String]) -> Went<S::Error> {
        self.site.tell(Told::Problem(&why));
        let returned = match self.before {
            Some(before) => self.put_back(before, revisions).await,
            None => self.undeploy(revisions).await,
        };
        match returned {
            Ok(()) => Went::Back {
                why,
                serves: self.before.map(str::to_owned),
            },
            Err(back) => Went::Lost { why, back },
        }
    }

    async fn put_back(&self, before: &str, revisions: &[String]) -> Result<(), S::Error> {
        let what = format!("Rolling back to {}", digest(before));
        self.phase("roll back", &what);
        self.retire(revisions).await;
        self.apply(self.basis.running(before)).await?;
        self.prove(before).await?;
        if let Err(unrecorded) = self.site.note("roll back", before).await {
            self.site.tell(Told::Problem(&unrecorded));
        }
        Ok(())
    }

    /// There is no version to go back to: no task is wanted any longer, so that none is started again and again.
    async fn undeploy(&self, revisions: &[String]) -> Result<(), S::Error> {
        self.phase(
            "roll back",
            "There is no version before: stopping its tasks",
        );
        self.retire(revisions).await;
        self.apply(self.basis.resting()).await?;
        Ok(())
    }

    /// Deregisters what never came to serve. One that stays is told and no reason to leave the rest undone.
    async fn retire(&self, revisions: &[String]) {
        for revision in revisions {
            if let Err(stays) = self.site.retire(revision).await {
                self.site.tell(Told::Problem(&stays));
            }
        }
    }

    /// Deregisters whatever this rollout has registered, where that is not known from what was applied.
    async fn retire_fresh(&self) {
        match self.site.look().await {
            Ok(now) => self.retire(&listing::fresh(self.live, &now)).await,
            Err(unseen) => self.site.tell(Told::Problem(&unseen)),
        }
    }

    async fn apply(&self, nodes: Vec<Node>) -> Result<BTreeMap<Address, Outputs>, S::Error> {
        self.site.apply(nodes, self.basis.scope()).await
    }

    fn phase(&self, name: &str, what: &str) {
        self.site.tell(Told::Phase { name, what });
    }

    fn done(&self, what: &str, took: Option<Duration>) {
        self.site.tell(Told::Done { what, took });
    }
}

/// The part of an image's name that pins it.
fn digest(image: &str) -> &str {
    image.rsplit_once('@').map_or(image, |(_, digest)| digest)
}

/// Of the run and the image: the image before is proved in the same run. With the mark of a check it is as long as Twilio's.
fn proof_id(run: &str, image: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric();
    let run: String = run.chars().filter(plain).collect();
    let image: String = image.chars().filter(plain).collect();
    let end = |text: &str, most: usize| text[text.len().saturating_sub(most)..].to_owned();
    format!("{}-{}", end(&run, 19), end(&image, 8))
}

fn arn(outputs: &BTreeMap<Address, Outputs>, address: &str) -> Option<String> {
    let address = Address::parse(address).ok()?;
    outputs.get(&address)?.get("arn").cloned()
}
