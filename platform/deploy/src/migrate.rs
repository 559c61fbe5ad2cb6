//! The database is brought to the new version's schema before any task of that version starts.

use std::time::{Duration, Instant};

use bella_aws::deploy::{Ended, Job};
use bella_engine::live::Live;
use bella_stack::database_logins;

use crate::listing;
use crate::problem::Problem;
use crate::site::{Site, Told};

/// A migration waits for locks five seconds at most; pulling the image takes most of the time.
const WITHIN: Duration = Duration::from_secs(15 * 60);

/// Makes sure that the service has a login of its own: the migration task reads it.
///
/// # Errors
/// AWS refuses.
pub(crate) async fn login<S: Site>(site: &S) -> Result<(), S::Error> {
    if site.login().await? {
        let [user, _] = database_logins(site.stack());
        site.tell(Told::Done {
            what: &format!("made up a password for {user}"),
            took: None,
        });
    }
    Ok(())
}

/// Runs the migration task of `revision` beside the service, and says what it said.
///
/// # Errors
/// It cannot be started, takes too long, or does not end with 0: nothing of the new version has started.
pub(crate) async fn migrate<S: Site>(
    site: &S,
    live: &Live,
    revision: &str,
) -> Result<(), S::Error> {
    site.tell(Told::Phase {
        name: "migrate",
        what: "Migrating the database",
    });
    let began = Instant::now();
    let stack = site.stack();
    let job = listing::job(live, bella_stack::tags(stack), revision).ok_or_else(|| {
        Problem::failed(format!(
            "{} has no service to run the migration beside",
            stack.stack
        ))
    })?;
    let ended = site.run(&job, WITHIN).await?;
    if ended.exit_code != Some(0) {
        return Err(failed(&ended).into());
    }
    for line in &ended.lines {
        site.tell(Told::Done {
            what: line,
            took: None,
        });
    }
    site.tell(Told::Done {
        what: "migrated",
        took: Some(began.elapsed()),
    });
    Ok(())
}

/// Shuts a login that another one has taken the place of.
///
/// # Errors
/// It is not shut: whoever knows its password gets in.
pub(crate) async fn shut<S: Site>(
    site: &S,
    live: &Live,
    revision: &str,
    user: &str,
) -> Result<(), S::Error> {
    let job = listing::job(live, bella_stack::tags(site.stack()), revision).map(|job| Job {
        command: ["migrate", "--retire-user", user]
            .map(str::to_owned)
            .to_vec(),
        ..job
    });
    let job = job.ok_or_else(|| Problem::failed("there is no service to run a task beside"))?;
    let ended = site.run(&job, WITHIN).await?;
    if ended.exit_code != Some(0) {
        let mut problem = Problem::failed(format!(
            "the new login serves, and the login {user} is not shut: {}",
            ended.reason
        ));
        problem.lines.extend(ended.lines.iter().cloned());
        let again = format!(
            "its password is good until the next rotation: {}",
            site.again()
        );
        return Err(problem.hint(again).into());
    }
    for line in ended.lines.iter().filter(|line| line.contains(user)) {
        site.tell(Told::Done {
            what: line,
            took: None,
        });
    }
    Ok(())
}

fn failed(ended: &Ended) -> Problem {
    let how = match ended.exit_code {
        Some(code) => format!("ended with {code}"),
        None => "did not start".to_owned(),
    };
    let mut problem = Problem::failed(format!("the migration task {how}: {}", ended.reason));
    problem.lines.extend(ended.lines.iter().cloned());
    problem
        .hint("nothing was rolled out: the version that ran still runs")
        .hint("a migration is applied whole or not at all; correct the cause and deploy again")
}
