//! What tasks need to start, held against the definition that they are to be started with, before it is registered.

use std::collections::BTreeSet;

use bella_aws::deploy::made_up;
use bella_aws::running::Revision;
use bella_stack::{APP_SECRET, DATABASE_LOGIN, DEFINITION, Node, Read, missing_variables};
use serde_json::Value;

use crate::basis::Basis;
use crate::problem::Problem;
use crate::site::{Site, Told, Values};

/// The values of the stack's secret `app`, once the definition has every variable without which the service does not start, and
/// every secret that it reads has a value. In the sandbox, where nobody else sees them, keys of `app` that are missing are made up.
///
/// # Errors
/// A variable, a key or a value is missing: tasks would not start.
pub(crate) async fn require<S: Site>(
    site: &S,
    basis: &Basis<'_>,
    image: &str,
) -> Result<Values, S::Error> {
    let unnamed = missing_variables(&basis.running(image));
    if !unnamed.is_empty() {
        return Err(undefined(site, &unnamed).into());
    }
    let reads = basis.reads();
    unset(site, &reads).await?;
    keys(site, &reads).await
}

/// Variables that a revision was run with and that tasks started with `nodes` do not get: an image of before may read them.
pub(crate) fn lost(revision: &Revision, nodes: &[Node]) -> Vec<String> {
    let definition = nodes.iter().find(|node| node.address == DEFINITION);
    let part = |name: &str| -> BTreeSet<String> {
        let part = definition.map(|node| &node.properties["container"][name]);
        let names = part.and_then(Value::as_object).into_iter();
        names.flat_map(|map| map.keys().cloned()).collect()
    };
    let given: BTreeSet<String> = part("environment")
        .union(&part("secrets"))
        .cloned()
        .collect();
    let variables = revision.variables.iter();
    variables
        .filter(|name| !given.contains(*name))
        .cloned()
        .collect()
}

async fn keys<S: Site>(site: &S, reads: &[Read]) -> Result<Values, S::Error> {
    let values = site.values().await?;
    let wanted = reads.iter().filter(|read| read.secret == APP_SECRET);
    let missing: Vec<&str> = wanted
        .filter_map(|read| read.key.as_deref())
        .filter(|key| !values.contains_key(*key))
        .collect();
    if missing.is_empty() {
        return Ok(values);
    }
    if !site.is_sandbox() {
        return Err(keyless(site, &missing).into());
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

/// Refuses where a secret that tasks read has no value; the one of the database login gets its own on the way.
async fn unset<S: Site>(site: &S, reads: &[Read]) -> Result<(), S::Error> {
    let own = [APP_SECRET, DATABASE_LOGIN];
    let others: BTreeSet<&str> = reads
        .iter()
        .map(|read| read.secret.as_str())
        .filter(|secret| !own.contains(secret))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let without = site.valueless().await?;
    let read = |name: &&String| others.contains(name.replace('-', "_").as_str());
    let without: Vec<&String> = without.iter().filter(read).collect();
    if without.is_empty() {
        return Ok(());
    }
    let stack = &site.stack().stack;
    let list = without.iter().map(|name| name.as_str());
    let list: Vec<&str> = list.collect();
    let mut problem = Problem::failed(format!(
        "no value has been set for {} of {stack}: ECS starts no task without it",
        list.join(", ")
    ));
    let set = site.command("secret set");
    for name in without {
        problem = problem.hint(format!("{set} {name}"));
    }
    Err(problem.into())
}

fn undefined<S: Site>(site: &S, missing: &[&str]) -> Problem {
    let stack = &site.stack().stack;
    Problem::failed(format!(
        "the task definition of {stack} lacks {}: the service does not start without",
        missing.join(", ")
    ))
    .hint("`app` in service.secrets of the stack file, and a section `database`, give them")
    .hint(format!("then: {}", site.command("provision")))
}

fn keyless<S: Site>(site: &S, missing: &[&str]) -> Problem {
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
