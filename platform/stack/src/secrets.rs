//! Secrets that somebody wrote into a stack file.
//!
//! They are refused, and kept out of what is said about the file: a problem shows the line it is in, and the output of a run ends up in
//! logs.

use crate::{
    problem::Problem,
    value::Refusal,
    yaml::{Data, Entry, Files, Node},
};
use std::collections::BTreeSet;

/// Variables of the service that hold secrets.
const NAMES: [&str; 6] = [
    "ADMIN_PASSWORD",
    "BELLA_API_KEY",
    "DATABASE_PASSWORD",
    "ENCRYPTION_KEYS",
    "OPENAI_API_KEY",
    "TWILIO_AUTH_TOKEN",
];

/// Endings of names that hold secrets whatever program reads them.
const ENDINGS: [&str; 5] = ["_PASSWORD", "_SECRET", "_TOKEN", "_API_KEY", "_PRIVATE_KEY"];

/// Refuses secrets among the service's variables, and takes their values out of all problems.
pub(crate) fn refuse(root: &Node, files: &Files, problems: Vec<Problem>) -> Vec<Problem> {
    let secrets: Vec<Problem> = entries(root)
        .filter(|entry| is_secret(entry))
        .map(|entry| {
            let message = format!("`{}` is a secret, and stack files hold none", entry.key);
            let allowed = "its value by `bella secret set`, its secret's name in service.secrets";
            let path = format!("service.environment.{}", entry.key);
            files.problem(&entry.key_place, path, Refusal::new(message, allowed))
        })
        .collect();
    let paths: BTreeSet<&str> = secrets.iter().map(|secret| secret.path.as_str()).collect();
    let lines: BTreeSet<(&str, usize)> = secrets
        .iter()
        .map(|secret| (secret.file.as_str(), secret.line))
        .collect();
    let others = problems
        .into_iter()
        .filter(|problem| !paths.contains(problem.path.as_str()));
    let shown = |mut problem: Problem| {
        if lines.contains(&(problem.file.as_str(), problem.line)) {
            problem.source.clear();
        }
        problem
    };
    others.chain(secrets.iter().cloned()).map(shown).collect()
}

fn entries(root: &Node) -> impl Iterator<Item = &Entry> {
    root.as_map()
        .and_then(|map| map.get("service"))
        .and_then(|service| service.value.as_map())
        .and_then(|map| map.get("environment"))
        .and_then(|environment| environment.value.as_map())
        .into_iter()
        .flat_map(|map| &map.entries)
}

/// A variable is a secret by its name, or because it is a URL with a password in it.
fn is_secret(entry: &Entry) -> bool {
    let name = entry.key.as_str();
    let named = NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending));
    named || matches!(&entry.value.data, Data::Text(text) if has_password(text))
}

/// Whether the text is a URL of the form `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest);
    let authority = authority.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let user = authority.and_then(|authority| authority.rsplit_once('@'));
    user.and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn urls_with_passwords_are_told_from_others() {
        let cases = [
            ("postgres://bella:pw@db:5432/bella", true),
            ("rediss://:pw@cache:6379", true),
            ("postgres://bella@db/bella", false),
            ("redis://localhost:6379", false),
            ("https://book.bella.example/a:b@c", false),
            ("America/Toronto", false),
        ];
        for (text, expected) in cases {
            assert_eq!(has_password(text), expected, "{text}");
        }
    }
}
