//! What a deployment asks of the one who deploys: a connected stack under its lease, and somebody to tell.

use std::collections::BTreeMap;
use std::time::Duration;

pub use bella_aws::deploy::Turned as Turn;
use bella_aws::deploy::{Ended, Job, NetworkAcl, Registry};
use bella_aws::rollout::cause::Finding;
use bella_aws::rollout::own;
use bella_aws::rollout::watch::Verdict;
use bella_aws::running::Revision;
use bella_engine::address::Address;
use bella_engine::live::Live;
use bella_engine::resource::Outputs;
use bella_image::{Credentials, Platform};
use bella_smoke::Passed;
use bella_stack::{Node, Stack};
use zeroize::Zeroizing;

use crate::problem::Problem;

/// Values by key.
pub type Values = BTreeMap<String, Zeroizing<String>>;

/// What a deployment says on its way.
pub enum Told<'a, E> {
    /// A phase begins.
    Phase {
        /// A word or two for programs.
        name: &'a str,
        /// The same for people.
        what: &'a str,
    },
    /// A part of a phase is done.
    Done {
        /// What was done.
        what: &'a str,
        /// How long it took, where that is of interest.
        took: Option<Duration>,
    },
    /// A line of a program that runs meanwhile, such as a compiler.
    Line(&'a str),
    /// The rollout as it is seen now.
    Rollout(&'a own::Snapshot),
    /// What the person had better know, and what stops nothing.
    Note(&'a str),
    /// Something failed that does not end it here: the version before is put back, or goes on serving.
    Problem(&'a E),
}

/// How an instance is proved to serve.
pub struct Proof {
    /// What the service takes itself to be called as (`PUBLIC_BASE_URL`); empty where it is not set.
    pub public: String,
    /// `TWILIO_AUTH_TOKEN` of the service.
    pub twilio_auth_token: Zeroizing<String>,
    /// `BELLA_API_KEY` of the service.
    pub api_key: Zeroizing<String>,
    /// Tells this proof from others; letters, digits and `-`.
    pub id: String,
}

/// How much of a stack nodes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it: what they leave out goes.
    Whole,
    /// Themselves: whatever else the stack has stays as it is, and so do their tags.
    Part,
}

/// An error that a deployment can make, and say more of.
pub trait Failure: From<Problem> {
    /// The same with more lines about what came back, and what to do.
    #[must_use]
    fn and(self, lines: Vec<String>, hints: Vec<String>) -> Self;
}

/// A connected stack under the lease of one run.
///
/// Every method that fails leaves what was there before it, or a part of what it was to do: apply may have made some objects.
pub trait Site {
    /// What it says when it fails.
    type Error: Failure;

    /// The stack's file.
    fn stack(&self) -> &Stack;

    /// Whether the stack is on this machine, where nobody else sees or needs its secrets.
    fn is_sandbox(&self) -> bool;

    /// The run's id.
    fn run_id(&self) -> &str;

    /// A command line for this stack, as this run's own was typed.
    fn command(&self, verb: &str) -> String;

    /// The command that repeats this run.
    fn again(&self) -> &str;

    /// Says something to the person or program that waits.
    fn tell(&self, told: Told<'_, Self::Error>);

    /// What exists.
    fn look(&self) -> impl Future<Output = Result<Live, Self::Error>>;

    /// The network ACLs of these VPCs.
    fn network_acls(
        &self,
        vpcs: &[String],
    ) -> impl Future<Output = Result<Vec<NetworkAcl>, Self::Error>>;

    /// The image that was deployed last and runs; `None` before the first.
    fn running(&self, live: &Live) -> impl Future<Output = Result<Option<String>, Self::Error>>;

    /// The active revisions of the service's definition with their images, newest first.
    fn revisions(&self, live: &Live) -> impl Future<Output = Result<Vec<Revision>, Self::Error>>;

    /// Makes the stack, or a part of it, what these nodes say; the outputs of all of them.
    fn apply(
        &self,
        nodes: Vec<Node>,
        scope: Scope,
    ) -> impl Future<Output = Result<BTreeMap<Address, Outputs>, Self::Error>>;

    /// Deregisters a revision; one that is gone is no error.
    fn retire(&self, revision: &str) -> impl Future<Output = Result<(), Self::Error>>;

    /// The values of the stack's secret `app`.
    fn values(&self) -> impl Future<Output = Result<Values, Self::Error>>;

    /// The stack's secrets that have no value.
    fn valueless(&self) -> impl Future<Output = Result<Vec<String>, Self::Error>>;

    /// Sets a key of the secret `app`.
    fn put(
        &self,
        key: &str,
        value: Zeroizing<String>,
    ) -> impl Future<Output = Result<(), Self::Error>>;

    /// Makes sure that the service has a login to its database; whether one was made.
    fn login(&self) -> impl Future<Output = Result<bool, Self::Error>>;

    /// Gives the secret of the database login to the other of two, with a password that is made up; the one before stays good.
    fn turn(&self) -> impl Future<Output = Result<Turn, Self::Error>>;

    /// Gives the secret of the database login the value that it had.
    fn put_login(&self, was: Zeroizing<String>) -> impl Future<Output = Result<(), Self::Error>>;

    /// Registers what a revision says once more, so that tasks are started that read their secrets anew; the new revision.
    fn register_again(&self, revision: &str) -> impl Future<Output = Result<String, Self::Error>>;

    /// Runs a task to its end.
    fn run(&self, job: &Job, within: Duration) -> impl Future<Output = Result<Ended, Self::Error>>;

    /// Follows a rollout that is asked for meanwhile, until it serves or is stopped, for as long as `timeout`.
    fn watch(
        &self,
        ours: &own::Deployment,
        timeout: Duration,
        on: &dyn Fn(&own::Snapshot),
    ) -> impl Future<Output = Result<Verdict, Self::Error>>;

    /// Proves that the service serves, from liveness to a booked and cancelled appointment.
    fn prove(
        &self,
        proof: Proof,
        on: &mut dyn FnMut(Passed),
    ) -> impl Future<Output = Result<(), Self::Error>>;

    /// Why the service in a cluster does not serve, as far as it is seen now.
    fn finding(&self, cluster: &str, service: &str) -> impl Future<Output = Option<Finding>>;

    /// Records what was done with an image.
    fn note(&self, action: &str, image: &str) -> impl Future<Output = Result<(), Self::Error>>;

    /// What an image is made for, as its registry says.
    fn platforms(
        &self,
        image: &str,
        credentials: &Credentials,
    ) -> impl Future<Output = Result<Vec<Platform>, Self::Error>>;

    /// Where images are pushed to.
    fn registry(&self) -> impl Future<Output = Result<Registry, Self::Error>>;
}
