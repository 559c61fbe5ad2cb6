//! Deploying and rolling back: the same rollout, of another image.

use std::time::Duration;

use bella_engine::live::Live;
use bella_stack::unreachable_live;

use crate::earlier::earlier;
use crate::problem::{Ends, Problem};
use crate::rollout::{Rollout, Went};
use crate::site::Site;
use crate::source::Source;
use crate::values;

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
        let rollout = self.rollout().await?;
        let image = source.image(self.site, &self.live).await?;
        let went = rollout.carry_out(&image, true).await?;
        Ok(Asked { image, went })
    }

    /// Puts the image of revision `to` back, or of the newest with another image than the one that runs. The database stays as it is:
    /// a version works on the schema of the one after it.
    ///
    /// # Errors
    /// There is no such revision, or it failed before a task of it could start.
    pub async fn roll_back(&self, to: Option<u32>) -> Result<Asked<S::Error>, S::Error> {
        let known = self.site.revisions(&self.live).await?;
        let stack = self.site.stack().stack.to_string();
        let image = earlier(&stack, &known, to, self.before.as_deref())?
            .image
            .clone();
        let went = self.rollout().await?.carry_out(&image, false).await?;
        Ok(Asked { image, went })
    }

    pub(crate) fn site(&self) -> &S {
        self.site
    }

    /// The image that runs.
    pub(crate) fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    pub(crate) async fn rollout(&self) -> Result<Rollout<'_, S>, S::Error> {
        Ok(Rollout {
            site: self.site,
            live: &self.live,
            before: self.before.as_deref(),
            values: values::require(self.site).await?,
            timeout: self.timeout,
        })
    }
}

/// A deployment changes the version and nothing else, so the stack has to be as its file says, and let a version reach what it needs.
///
/// # Errors
/// Somebody has cut a path on the stack as `live` shows it, or `changes` of its file are pending.
pub fn provisioned<S: Site>(site: &S, live: &Live, changes: usize) -> Result<(), Problem> {
    let gaps = unreachable_live(live);
    if !gaps.is_empty() {
        let mut problem = Problem::failed(
            "nothing was deployed: a version could not serve on the stack as it is now",
        );
        problem.lines.extend(gaps.iter().map(ToString::to_string));
        let (provision, drift) = (site.command("provision"), site.command("drift"));
        return Err(problem
            .hint(format!("put back what was changed: {provision}"))
            .hint(format!("see what was changed: {drift}")));
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
    .hint(site.command("provision")))
}
