//! The cause in a sentence that names the object, and what to type.

use std::collections::BTreeSet;

use super::cause::{Cause, Fix, Piece};
use super::clue;
use super::evidence::{Definition, Evidence};

/// The sentence and the fix of a cause that `pieces` speak for.
pub(super) fn of(
    cause: Cause,
    pieces: &[&Piece<'_>],
    evidence: &Evidence,
    stack: &str,
) -> (String, Fix) {
    let definition = &evidence.definition;
    let said = pieces.first().map_or("", |piece| piece.said);
    match cause {
        Cause::WrongArchitecture => architecture(definition, stack),
        Cause::SecretMissing => secret(definition, said, stack),
        Cause::ImageMissing => image(definition, stack),
        Cause::OutOfMemory => memory(definition, stack),
        Cause::BadEnvironment => environment(definition, pieces, stack),
        Cause::DatabaseUnreachable => database(definition, said, stack),
        Cause::CrashOnStart => crash(pieces, stack),
        Cause::NoLoadBalancer => unbalanced(said, stack),
        Cause::HealthCheck => health(definition, said, stack),
        Cause::Unknown => unknown(definition),
    }
}

fn fix(first: Option<String>, command: &str, stack: &str) -> Fix {
    Fix {
        first,
        command: format!("bella {command} {stack}"),
    }
}

fn architecture(definition: &Definition, stack: &str) -> (String, Fix) {
    let Definition {
        image,
        architecture,
        ..
    } = definition;
    (
        format!("the image {image} is not built for {architecture}, on which the tasks run"),
        fix(
            Some(format!(
                "build it for {architecture}, or leave out --image: then it is built so"
            )),
            "deploy",
            stack,
        ),
    )
}

fn image(definition: &Definition, stack: &str) -> (String, Fix) {
    (
        format!("the image {} is not in the registry", definition.image),
        fix(None, "deploy", stack),
    )
}

fn memory(definition: &Definition, stack: &str) -> (String, Fix) {
    let Definition { memory, .. } = definition;
    let more = format!(
        "set service.memory to {} or more in the stack file",
        memory * 2
    );
    (
        format!("a task uses more than its {memory} MiB of memory and is killed"),
        fix(Some(more), "provision", stack),
    )
}

/// A secret's name within the stack, and the key in it, by what a definition reads a value from:
/// `arn:aws:secretsmanager:<region>:<account>:secret:bella/<stack>/<name>-<6 characters>:<key>::`.
fn named(from: &str) -> (&str, Option<&str>) {
    let mut parts = from.splitn(8, ':').skip(6);
    let (id, rest) = (
        parts.next().unwrap_or(from),
        parts.next().unwrap_or_default(),
    );
    let key = rest.split(':').next().filter(|key| !key.is_empty());
    let name = id.rsplit('/').next().unwrap_or(id);
    let bare = name
        .rsplit_once('-')
        .filter(|(_, random)| random.len() == 6);
    (bare.map_or(name, |(name, _)| name), key)
}

/// What a migration writes; everything else is the user's to set.
const DATABASE: &str = "database";

fn set(from: &str, stack: &str) -> Fix {
    let (name, key) = named(from);
    if name == DATABASE {
        return fix(None, "deploy", stack);
    }
    let key = key.map(|key| format!(" --key {key}")).unwrap_or_default();
    let (target, options) = stack.split_once(' ').unwrap_or((stack, ""));
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(" {options}")
    };
    Fix {
        first: None,
        command: format!("bella secret set {target} {name}{key}{options}"),
    }
}

fn secret(definition: &Definition, said: &str, stack: &str) -> (String, Fix) {
    // The ARN without the key is the first seven parts; AWS names it, or the variable, or the key.
    let arn = |from: &str| from.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
    let words = |word: &str| {
        let apart = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        said.split(apart).any(|said| said == word)
    };
    let secrets = &definition.secrets;
    let by_word =
        |(variable, from): &(&String, &String)| words(variable) || named(from).1.is_some_and(words);
    let found = secrets
        .iter()
        .find(|(_, from)| said.contains(from.as_str()))
        .or_else(|| secrets.iter().find(by_word))
        .or_else(|| secrets.iter().find(|(_, from)| said.contains(&arn(from))));
    let Some((variable, from)) = found else {
        let sentence = format!("a secret that the task starts with cannot be read: {said}");
        return (sentence, fix(None, "secret list", stack));
    };
    let (name, key) = named(from);
    let key = key
        .map(|key| format!("the key {key} of "))
        .unwrap_or_default();
    let sentence =
        format!("{variable} is read from {key}the secret {name}, which has no such value");
    (sentence, set(from, stack))
}

fn environment(definition: &Definition, pieces: &[&Piece<'_>], stack: &str) -> (String, Fix) {
    let lines = pieces
        .iter()
        .filter_map(|piece| piece.task)
        .flat_map(|task| &task.log);
    let named: BTreeSet<&str> = lines
        .filter_map(|line| clue::variables(&line.text))
        .collect();
    let all = named.iter().copied().collect::<Vec<_>>().join(", ");
    let kept = named.iter().find_map(|name| definition.secrets.get(*name));
    let fix = match kept {
        Some(from) => set(from, stack),
        None => fix(
            Some(format!(
                "set {all} under service.environment in the stack file"
            )),
            "provision",
            stack,
        ),
    };
    (format!("the service refuses its environment: {all}"), fix)
}

fn database(definition: &Definition, said: &str, stack: &str) -> (String, Fix) {
    let host = definition.database.as_deref();
    let host = host.map_or_else(
        || "the database".to_owned(),
        |host| format!("the database {host}"),
    );
    if said.contains("password authentication failed") || said.contains("pg_hba.conf") {
        let first =
            "the migration that goes before a rollout sets the service's login anew".to_owned();
        let sentence = format!("{host} does not let the service in");
        return (sentence, fix(Some(first), "deploy", stack));
    }
    let first = "start the database where it is stopped; the command puts back security group rules and settings that were changed".to_owned();
    (
        format!("{host} cannot be reached from the tasks"),
        fix(Some(first), "provision", stack),
    )
}

fn crash(pieces: &[&Piece<'_>], stack: &str) -> (String, Fix) {
    let tasks = || pieces.iter().filter_map(|piece| piece.task);
    let code = tasks()
        .flat_map(|task| &task.containers)
        .find_map(|container| container.exit_code);
    let code = code.map_or_else(
        || "cannot be started".to_owned(),
        |code| format!("ends with exit code {code} when it starts"),
    );
    let word = tasks().find_map(|task| task.log.iter().find(|line| line.text.contains("panicked")));
    let word = word.or_else(|| tasks().find_map(|task| task.log.last()));
    let word = word
        .map(|line| format!(": {}", line.text))
        .unwrap_or_default();
    let first = "mend what the last lines of its log say".to_owned();
    (
        format!("the program {code}{word}"),
        fix(Some(first), "deploy", stack),
    )
}

fn unbalanced(said: &str, stack: &str) -> (String, Fix) {
    let first = "the command makes the load balancer or listener that is missing".to_owned();
    (
        format!("no load balancer sends the tasks anything: {said}"),
        fix(Some(first), "provision", stack),
    )
}

fn health(definition: &Definition, said: &str, stack: &str) -> (String, Fix) {
    let Definition {
        health_path: path,
        port,
        healthy_codes: codes,
        ..
    } = definition;
    let first = format!(
        "set service.health_check.path and service.port in the stack file to what the service answers with {codes}"
    );
    (
        format!(
            "the load balancer asks for {path} on port {port} and holds the tasks for unhealthy: {said}"
        ),
        fix(Some(first), "provision", stack),
    )
}

fn unknown(definition: &Definition) -> (String, Fix) {
    let fix = Fix {
        first: Some("read the evidence, and the whole log".to_owned()),
        command: format!(
            "aws logs tail {} --since 30m --region {}",
            definition.log_group,
            definition.arn.split(':').nth(3).unwrap_or_default()
        ),
    };
    (
        "unknown: what fails fits none of the known causes".to_owned(),
        fix,
    )
}
