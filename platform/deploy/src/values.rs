//! Values that the service needs to start.

use bella_aws::deploy::made_up;
use bella_stack::{APP_SECRET, app_keys};

use crate::problem::Problem;
use crate::site::{Site, Told, Values};

/// The values of the stack's secret `app`, with every key that the service needs. In the sandbox, where nobody else sees them, those
/// that are missing are made up.
///
/// # Errors
/// Keys are missing: ECS would not start a task.
pub(crate) async fn require<S: Site>(site: &S) -> Result<Values, S::Error> {
    let values = site.values().await?;
    let missing: Vec<&str> = app_keys(site.stack())
        .into_iter()
        .filter(|key| !values.contains_key(*key))
        .collect();
    if missing.is_empty() {
        return Ok(values);
    }
    if !site.is_sandbox() {
        return Err(refusal(site, &missing).into());
    }
    for key in &missing {
        site.put(key, made_up(key)).await?;
    }
    site.tell(Told::Done {
        what: &format!("made up for the sandbox: {}", missing.join(", ")),
        took: None,
    });
    site.values().await
}

fn refusal<S: Site>(site: &S, missing: &[&str]) -> Problem {
    let stack = &site.stack().stack;
    let mut problem = Problem::failed(format!(
        "the secret {APP_SECRET} of {stack} lacks {}: ECS starts no task without them",
        missing.join(", ")
    ));
    for key in missing {
        let set = site.command("secret set");
        problem = problem.hint(format!("{set} {APP_SECRET} --key {key}"));
    }
    problem
}
