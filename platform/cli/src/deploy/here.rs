//! A connected stack under the lease of one run, as a deployment asks for it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bella_aws::deploy::{self, Ended, Job, Login, NetworkAcl, Registry};
use bella_aws::ledger::Run;
use bella_aws::rollout::cause::Finding;
use bella_aws::rollout::own;
use bella_aws::rollout::report::report;
use bella_aws::rollout::watch::{Verdict, Watching, watch};
use bella_aws::running::{Revision, revisions};
use bella_aws::secrets;
use bella_deploy::{Ends, Failure, Problem, Proof, Scope, Site, Told, Turn, Values, image_cache};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_engine::resource::Outputs;
use bella_image::{BlobCache, Credentials, Platform};
use bella_smoke::{Door, Keys, Passed};
use bella_stack::{
    APP_SECRET, DATABASE_LOGIN, DEFINITION, Node, SERVICE, Stack, database_logins, door,
};
use zeroize::Zeroizing;

use super::shown::Shown;
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::interrupt;
use crate::planning::WallClock;
use crate::render::progress::Listener;
use crate::render::report::failure;
use crate::session::Session;
use crate::target::of;

/// A stack that is deployed to, and the terminal that is told.
pub(crate) struct Here<'a> {
    cx: &'a Context,
    session: &'a Session,
    run: &'a Run,
    stack: &'a Stack,
    /// The stack's file as it was typed.
    file: &'a str,
    /// The command that repeats this one.
    again: String,
    shown: Shown<'a>,
}

impl<'a> Here<'a> {
    /// # Errors
    /// The session was opened without a stack file.
    pub(crate) fn new(
        cx: &'a Context,
        session: &'a Session,
        run: &'a Run,
        file: &'a str,
        again: String,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            cx,
            session,
            run,
            stack: &session.file()?.loaded.stack,
            file,
            again,
            shown: Shown {
                ui: &cx.ui,
                last: RefCell::default(),
            },
        })
    }

    /// What follows a command's verb when it is about this stack.
    fn options(&self) -> String {
        let whole = self.command("VERB");
        let options = whole.split_once("VERB ").map(|(_, options)| options);
        options.unwrap_or(self.file).to_owned()
    }

    async fn noted(&self, address: &str, action: &str, id: String) -> Result<(), CommandError> {
        let address = Address::parse(address).expect("the blueprint's own addresses can be read");
        let action = action.to_owned();
        let event = Event::Noted {
            address,
            action,
            id,
        };
        Ok(self.run.append(event).await?)
    }
}

impl Failure for CommandError {
    fn and(mut self, lines: Vec<String>, hints: Vec<String>) -> Self {
        self.lines.extend(lines);
        self.hints.extend(hints);
        self
    }
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self {
            exit: match problem.ends {
                Ends::Failed => Exit::Failed,
                Ends::Usage => Exit::Usage,
                Ends::Pending => Exit::Changes,
                Ends::Interrupted => Exit::Interrupted,
            },
            lines: problem.lines,
            hints: problem.hints,
        }
    }
}

fn failed(why: impl std::fmt::Display) -> CommandError {
    CommandError::new(Exit::Failed, why.to_string())
}

impl Site for Here<'_> {
    type Error = CommandError;

    fn stack(&self) -> &Stack {
        self.stack
    }

    fn is_sandbox(&self) -> bool {
        self.cx.global.sandbox
    }

    fn run_id(&self) -> &str {
        self.run.id()
    }

    fn command(&self, verb: &str) -> String {
        command(self.cx, verb, self.file)
    }

    fn again(&self) -> &str {
        &self.again
    }

    fn tell(&self, told: Told<'_, CommandError>) {
        self.shown.tell(&told);
    }

    async fn look(&self) -> Result<Live, CommandError> {
        self.session.look().await
    }

    async fn network_acls(&self, vpcs: &[String]) -> Result<Vec<NetworkAcl>, CommandError> {
        Ok(deploy::network_acls(&self.session.aws, vpcs).await?)
    }

    async fn running(&self, live: &Live) -> Result<Option<String>, CommandError> {
        self.session.running(live).await
    }

    async fn revisions(&self, live: &Live) -> Result<Vec<Revision>, CommandError> {
        let definition =
            Address::parse(DEFINITION).expect("the blueprint's own addresses can be read");
        Ok(revisions(&self.session.aws, live, &definition).await?)
    }

    async fn apply(
        &self,
        nodes: Vec<Node>,
        scope: Scope,
    ) -> Result<BTreeMap<Address, Outputs>, CommandError> {
        let (session, graph) = (self.session, of(nodes)?);
        let planned = match scope {
            Scope::Part => session.plan_part(graph).await?,
            Scope::Whole => {
                let tags = session.tags();
                session.plan_graph(graph, &tags, &BTreeSet::new()).await?
            }
        };
        let usual = self.session.usual(&planned);
        let listener = Listener::new(&self.cx.ui, planned.plan.steps.len(), usual);
        let report = self
            .session
            .carry_out(self.run, &planned, &listener)
            .await?;
        listener.finish();
        match report.is_complete() {
            true => Ok(report.outputs),
            false => Err(failure(&report, &self.again)),
        }
    }

    async fn retire(&self, revision: &str) -> Result<(), CommandError> {
        Ok(deploy::retire(&self.session.aws, revision).await?)
    }

    async fn values(&self) -> Result<Values, CommandError> {
        let texts = secrets::texts(&self.session.aws, &self.session.stack, APP_SECRET).await;
        let texts = texts.map_err(|err| {
            failed(err).hint("it has to be a JSON object of texts; `bella secret set STACK app --key KEY` sets one")
        })?;
        Ok(texts.unwrap_or_default())
    }

    async fn valueless(&self) -> Result<Vec<String>, CommandError> {
        let listed = secrets::list(&self.session.aws, &self.session.stack).await?;
        let without =
            |secret: &secrets::Shown| secret.version.is_none() || secret.deleted.is_some();
        let names = listed.into_iter().filter(without).map(|secret| secret.name);
        Ok(names.collect())
    }

    async fn put(&self, key: &str, value: Zeroizing<String>) -> Result<(), CommandError> {
        let (aws, stack) = (&self.session.aws, &self.session.stack);
        let written = secrets::set(aws, stack, APP_SECRET, Some(key), value).await;
        let version = written.map_err(failed)?;
        self.noted(&format!("secret.{APP_SECRET}"), "secret set", version)
            .await
    }

    async fn login(&self) -> Result<bool, CommandError> {
        let (secret, [user, _]) = (DATABASE_LOGIN, database_logins(self.stack));
        let made = deploy::ensure(&self.session.aws, &self.session.stack, secret, &user).await;
        match made.map_err(failed)? {
            Login::Kept => Ok(false),
            Login::Made(version) => {
                self.noted(&format!("secret.{secret}"), "secret set", version)
                    .await?;
                Ok(true)
            }
        }
    }

    async fn turn(&self) -> Result<Turn, CommandError> {
        let (secret, users) = (DATABASE_LOGIN, database_logins(self.stack));
        let users = users.each_ref().map(String::as_str);
        let turned = deploy::turn(&self.session.aws, &self.session.stack, secret, users);
        let turned = turned.await.map_err(failed)?;
        let user = turned.user.clone();
        self.noted(&format!("secret.{secret}"), "secret rotate", user)
            .await?;
        Ok(turned)
    }

    async fn put_login(&self, was: Zeroizing<String>) -> Result<(), CommandError> {
        let (aws, stack) = (&self.session.aws, &self.session.stack);
        let secret = DATABASE_LOGIN;
        let written = secrets::set(aws, stack, secret, None, was).await;
        let version = written.map_err(failed)?;
        self.noted(&format!("secret.{secret}"), "secret set", version)
            .await
    }

    async fn register_again(&self, revision: &str) -> Result<String, CommandError> {
        Ok(deploy::register_again(&self.session.aws, revision).await?)
    }

    async fn run(&self, job: &Job, within: Duration) -> Result<Ended, CommandError> {
        let ended = deploy::run(&self.session.aws, job, within, &mut |_| {}).await;
        ended.map_err(|err| {
            failed(format!("the migration task: {err}"))
                .hint("nothing was rolled out: the version that ran still runs")
        })
    }

    async fn watch(
        &self,
        ours: &own::Deployment,
        timeout: Duration,
        on: &dyn Fn(&own::Snapshot),
    ) -> Result<Verdict, CommandError> {
        // What is applied meanwhile says what Ctrl-C does.
        let (stop, follower) = interrupt::follow(Box::new(|_| ()));
        let options = self.options();
        let watching = Watching {
            timeout,
            stop,
            stack: &options,
        };
        let verdict = watch(&self.session.aws, &WallClock, ours, watching, on).await;
        follower.abort();
        Ok(verdict?)
    }

    async fn finding(&self, cluster: &str, service: &str) -> Option<Finding> {
        let at = (cluster, service);
        let options = self.options();
        let seen = report(&self.session.aws, at, &self.session.stack, &options);
        seen.await.ok()?.finding
    }

    async fn prove(&self, proof: Proof, on: &mut dyn FnMut(Passed)) -> Result<(), CommandError> {
        let url = match self.cx.global.sandbox {
            true => self.cx.sandbox_up().await?.service_url,
            false => door(self.stack),
        };
        let keys = Keys {
            twilio_auth_token: proof.twilio_auth_token,
            api_key: proof.api_key,
        };
        let door = Door::new(url.as_deref().unwrap_or(&proof.public), &proof.public, keys);
        let door = door.map_err(|err| failed(format!("making an HTTP client: {err}")))?;
        let proved = bella_smoke::check(&door, &proof.id, on).await;
        proved.map_err(|failure| failed(format!("the proof failed at {failure}")))
    }

    async fn note(&self, action: &str, image: &str) -> Result<(), CommandError> {
        self.noted(SERVICE, action, image.to_owned()).await
    }

    async fn platforms(
        &self,
        image: &str,
        credentials: &Credentials,
    ) -> Result<Vec<Platform>, CommandError> {
        let cache = BlobCache::at(image_cache()?);
        let held = bella_image::platforms(image, credentials, &cache).await;
        Ok(held.map_err(Problem::from)?)
    }

    async fn registry(&self) -> Result<Registry, CommandError> {
        Ok(deploy::registry(&self.session.aws).await?)
    }
}
