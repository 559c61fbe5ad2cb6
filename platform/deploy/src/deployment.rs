//! Deploying and rolling back: the same rollout, of another image.

use std::time::Duration;

use bella_engine::live::Live;
use bella_stack::{Standing, reads_live};

use crate::basis::Basis;
use crate::earlier::earlier;
use crate::made_for::{architecture_of, refusal};
use crate::needs;
use crate::paths;
use crate::problem::{Ends, Problem};
use crate::rollout::{Rollout, Went};
use crate::site::{Site, Told};
use crate::source::Source;

/// A stack that something is deployed to.
pub struct Deployment<'a, S> {
    site: &'a S,
    live: Live,
    before: Option<String>,
    timeout: Duration,
}

/// The image that was asked for, and how its rollout went.
#[derive(Debug)]
pub struct Asked<E> {
    /// The image.
    pub image: String,
    /// How it went.
    pub went: Went<E>,
}

impl<'a, S: Site> Deployment<'a, S> {
    /// A deployment to the stack as `live` shows it; `timeout` is how long a version may take to serve.
    ///
    /// # Errors
    /// AWS refuses to describe what runs.
    pub async fn of(site: &'a S, live: Live, timeout: Duration) -> Result<Self, S::Error> {
        let before = site.running(&live).await?;
        Ok(Self {
            site,
            live,
            before,
            timeout,
        })
    }

    /// Makes the image, migrates the database, rolls out, and proves that it serves; whatever fails, the version before serves.
    ///
    /// # Errors
    /// It failed before a task of the new version could start: the one that ran still runs.
    pub async fn deploy(&self, source: &Source) -> Result<Asked<S::Error>, S::Error> {
        let basis = self.file();
        let rollout = self.rollout(&basis, UNMADE).await?;
        let image = source.image(self.site, &self.live).await?;
        let went = rollout.carry_out(&image, true).await?;
        Ok(Asked { image, went })
    }

    /// Puts the image of revision `to` back, or of the newest with another image than the one that runs, and changes nothing else:
    /// `pending` changes of the stack file, `None` where it could not be carried out as it is, wait and hold nobody up. The database
    /// stays as it is: a version works on the schema of the one after it.
    ///
    /// # Errors
    /// There is no such revision, its image cannot run, or it failed before a task of it could start.
    pub async fn roll_back(
        &self,
        to: Option<u32>,
        pending: Option<usize>,
    ) -> Result<Asked<S::Error>, S::Error> {
        let known = self.site.revisions(&self.live).await?;
        let stack = self.site.stack().stack.to_string();
        let revision = earlier(&stack, &known, to, self.before.as_deref())?;
        let image = revision.image.clone();
        self.say_what_waits(pending).await;
        let standing = Standing::of(&self.live).ok_or_else(|| self.serviceless())?;
        let basis = Basis::Standing(standing, reads_live(&self.live));
        let nodes = basis.running(&image);
        let lost = needs::lost(revision, &nodes);
        if !lost.is_empty() {
            self.site.tell(Told::Note(&format!(
                "revision {} ran with {}, which tasks no longer get",
                revision.number,
                lost.join(", ")
            )));
        }
        let rollout = self.rollout(&basis, &image).await?;
        let wanted = architecture_of(self.site, &nodes)?;
        match refusal(self.site, &self.live, &image, wanted).await {
            Ok(None) => {}
            Ok(Some(unfit)) => return Err(unfit.into()),
            // ECS may read what is out of reach from here.
            Err(unread) => self.site.tell(Told::Problem(&unread)),
        }
        let went = rollout.carry_out(&image, false).await?;
        Ok(Asked { image, went })
    }

    /// A path that is cut, too, does not keep anybody from going back: the tasks that run may have found it open.
    async fn say_what_waits(&self, pending: Option<usize>) {
        let site = self.site;
        match paths::cut(site, &self.live).await {
            Ok(cut) => cut.lines().for_each(|line| site.tell(Told::Note(&line))),
            Err(unseen) => site.tell(Told::Problem(&unseen)),
        }
        let stack = &site.stack().stack;
        let (file, plan) = ("only the image changes", site.command("plan"));
        match pending {
            Some(0) => {}
            Some(changes) => site.tell(Told::Note(&format!(
                "{changes} changes of {stack} are pending and are not carried out, {file}: {plan}"
            ))),
            None => site.tell(Told::Note(&format!(
                "the stack file of {stack} cannot be carried out as it is, and is not, {file}: {plan}"
            ))),
        }
    }

    fn serviceless(&self) -> Problem {
        Problem::failed("the stack has no service yet")
            .hint(format!("make it first: {}", self.site.command("provision")))
    }

    pub(crate) fn site(&self) -> &S {
        self.site
    }

    /// The image that runs.
    pub(crate) fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// The stack as its file says.
    pub(crate) fn file(&self) -> Basis<'_> {
        Basis::File(self.site.stack())
    }

    pub(crate) async fn rollout<'b>(
        &'b self,
        basis: &'b Basis<'b>,
        image: &str,
    ) -> Result<Rollout<'b, S>, S::Error> {
        Ok(Rollout {
            site: self.site,
            live: &self.live,
            basis,
            before: self.before.as_deref(),
            values: needs::require(self.site, basis, image).await?,
            timeout: self.timeout,
        })
    }
}

/// Stands for an image that is still to be made.
const UNMADE: &str = "unmade";

/// A deployment changes the version and nothing else, so the stack has to be as its file says, and let a version reach what it needs.
///
/// # Errors
/// Somebody has cut a path on the stack as `live` shows it, or `changes` of its file are pending.
pub async fn provisioned<S: Site>(site: &S, live: &Live, changes: usize) -> Result<(), S::Error> {
    let cut = paths::cut(site, live).await?;
    if cut.lines().next().is_some() {
        let mut problem = Problem::failed(
            "nothing was deployed: a version could not serve on the stack as it is now",
        );
        problem.lines.extend(cut.lines());
        if !cut.of_stack.is_empty() {
            let (provision, drift) = (site.command("provision"), site.command("drift"));
            problem = problem
                .hint(format!("put back what was changed: {provision}"))
                .hint(format!("see what was changed: {drift}"));
        }
        if !cut.by_acls.is_empty() {
            problem = problem.hint(
                "no stack file makes a rule of a network ACL: take away the one that is named, with aws ec2 delete-network-acl-entry, or add one that lets it through",
            );
        }
        return Err(problem.into());
    }
    if changes == 0 {
        return Ok(());
    }
    let stack = &site.stack().stack;
    Err(Problem::of(
        Ends::Pending,
        format!(
            "{changes} changes of {stack} are not provisioned yet, and a deployment changes only the version"
        ),
    )
    .hint(site.command("provision"))
    .into())
}
