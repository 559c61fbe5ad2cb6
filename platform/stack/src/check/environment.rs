//! Environment variables that do not belong in a stack file.

use super::Scope;
use crate::{stack::Environment, value::Refusal};

/// Variables that the platform sets from other parts of the stack file, and the key that decides them.
const SET_BY_PLATFORM: [(&str, &str); 2] = [("ENVIRONMENT", "environment"), ("BIND", "service.port")];

/// Variables of the service that hold secrets.
const SECRET: [&str; 9] = [
    "ADMIN_PASSWORD",
    "BELLA_API_KEY",
    "DATABASE_PASSWORD",
    "DATABASE_URL",
    "ENCRYPTION_KEYS",
    "OPENAI_API_KEY",
    "REDIS_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
];

/// Endings of names that hold secrets whatever program reads them.
const SECRET_ENDINGS: [&str; 5] = ["_PASSWORD", "_SECRET", "_TOKEN", "_API_KEY", "_PRIVATE_KEY"];

pub(super) fn check(scope: &mut Scope<'_>) {
    let names: Vec<String> = scope.stack.service.environment.keys().map(ToString::to_string).collect();
    let at: &[&str] = &["service", "environment"];
    for name in names.iter().map(String::as_str) {
        if let Some((_, key)) = SET_BY_PLATFORM.iter().find(|(known, _)| *known == name) {
            scope.refuse_key(at, name, Refusal::new(format!("`{name}` is set by the platform"), format!("the value of `{key}`")));
        } else if SECRET.contains(&name) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let message = format!("`{name}` is a secret, and stack files hold none");
            scope.refuse_key(at, name, Refusal::new(message, "its value by `bella secret set`, its secret's name in service.secrets"));
        } else if name == "TEST_NOW" && scope.stack.environment == Environment::Production {
            scope.refuse_key(at, name, Refusal::new("production runs on the real clock", "no TEST_NOW"));
        }
    }
}
