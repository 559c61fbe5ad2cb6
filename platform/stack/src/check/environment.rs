//! Environment variables that the platform decides.

use super::Scope;
use crate::{stack::Environment, value::Refusal};

/// Variables that the platform sets from other parts of the stack file, and the key that decides them.
const SET_BY_PLATFORM: [(&str, &str); 2] =
    [("ENVIRONMENT", "environment"), ("BIND", "service.port")];

pub(super) fn check(scope: &mut Scope<'_>) {
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
        }
    }
}
