//! Environment variables: those that the platform decides, those that are misspelt, those that are missing.

use super::Scope;
use crate::{
    blueprint::{built, known_variables, missing_variables},
    stack::Environment,
    value::{Refusal, nearest},
};

/// Variables that the platform sets from other parts of the stack file, and the key that decides them.
const SET_BY_PLATFORM: [(&str, &str); 3] = [
    ("BELLA_STACK", "stack"),
    ("BIND", "service.port"),
    ("ENVIRONMENT", "environment"),
];

pub(super) fn check(scope: &mut Scope<'_>) {
    written(scope);
    missing(scope);
}

/// The task definition has every variable without which the service does not start. A development stack may do without: it may be
/// made for something else than answering calls, and a deployment to it asks again.
fn missing(scope: &mut Scope<'_>) {
    if scope.stack.environment == Environment::Development {
        return;
    }
    let missing = missing_variables(&built(&scope.roomy()));
    if !missing.is_empty() {
        let message = format!("the service does not start without {}", missing.join(", "));
        let refusal = Refusal::new(
            message,
            "`app` in service.secrets, and a section `database`",
        );
        scope.refuse(
            &[
                &["service", "secrets"],
                &["service", "environment"],
                &["database"],
            ],
            refusal,
        );
    }
}

fn written(scope: &mut Scope<'_>) {
    let names: Vec<String> = scope
        .stack
        .service
        .environment
        .keys()
        .map(ToString::to_string)
        .collect();
    let at: &[&str] = &["service", "environment"];
    for name in names.iter().map(String::as_str) {
        if let Some((_, key)) = SET_BY_PLATFORM.iter().find(|(known, _)| *known == name) {
            scope.refuse_key(
                at,
                name,
                Refusal::new(
                    format!("`{name}` is set by the platform"),
                    format!("the value of `{key}`"),
                ),
            );
        } else if name == "TEST_NOW" && scope.stack.environment == Environment::Production {
            scope.refuse_key(
                at,
                name,
                Refusal::new("production runs on the real clock", "no TEST_NOW"),
            );
        } else if let Some(meant) = meant(name) {
            let message = format!("the service knows no `{name}`");
            let refusal = Refusal::new(
                message,
                "a variable of the service, or a name unlike all of them",
            );
            scope.refuse_key(at, name, refusal.suggest(Some(meant)));
        }
    }
}

/// The variable of the service that this name misspells by a letter or two.
fn meant(name: &str) -> Option<&'static str> {
    if known_variables().any(|known| known == name) {
        return None;
    }
    let near = nearest(name, known_variables())?;
    (strsim::damerau_levenshtein(name, near) <= 2 && name.len() > 5)
        .then(|| known_variables().find(|known| *known == near))
        .flatten()
}
