//! The variables of the booking service: which there are, where each comes from, and which are missing.
//!
//! Everything that a task is started with is declared here once. Values that are no secret stand in the task definition; secrets are
//! references that ECS follows when it starts the task, and no value of one ever passes through this program.

use super::{Node, cache, database, guest, secrets};
use crate::{Stack, value::SecretName};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Variables that the service reads from keys of the same names in the secret `app`.
///
/// ECS refuses to start a task whose definition names a key that the secret does not have, so each of them has to be set.
const APP_KEYS: [&str; 7] = [
    "ADMIN_PASSWORD",
    "ADMIN_USER",
    "BELLA_API_KEY",
    "ENCRYPTION_KEYS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_FROM",
];

/// What the service reads beside [`APP_KEYS`] and what the platform sets; all have defaults.
const OPTIONAL: [&str; 17] = [
    "APPOINTMENT_PRICE",
    "BUSINESS_HOURS",
    "BUSINESS_TIMEZONE",
    "DATABASE_CA",
    "DATABASE_URL",
    "FEATURE_FLAGS",
    "OPENAI_API_BASE",
    "OPENAI_API_KEY",
    "REDIS_CA",
    "RETENTION_DAYS",
    "RUST_LOG",
    "SESSION_TTL_SECONDS",
    "SLOT_MINUTES",
    "SPEECH_MODE",
    "TEST_NOW",
    "TRANSFER_NUMBER",
    "TWILIO_API_BASE",
];

/// What the platform sets from other parts of the stack file.
const SET: [&str; 10] = [
    "BELLA_STACK",
    "BIND",
    "DATABASE_HOST",
    "DATABASE_NAME",
    "DATABASE_PASSWORD",
    "DATABASE_PORT",
    "DATABASE_USER",
    "ENVIRONMENT",
    "PUBLIC_BASE_URL",
    "REDIS_PREFIX",
];

const SESSIONS: &str = "REDIS_URL";

/// Every variable that the service knows.
pub(crate) fn known() -> impl Iterator<Item = &'static str> {
    APP_KEYS
        .into_iter()
        .chain(OPTIONAL)
        .chain(SET)
        .chain([SESSIONS])
}

/// Variables whose values stand in the task definition. The stack file's own win over what the platform sets.
pub(super) fn plain(stack: &Stack) -> Map<String, Value> {
    let mut variables = Map::new();
    let mut set = |name: &str, value: Value| variables.insert(name.to_owned(), value);
    set("ENVIRONMENT", json!(stack.environment));
    // The dimension of the metrics that the service publishes.
    set("BELLA_STACK", json!(stack.stack));
    set("BIND", json!(format!("0.0.0.0:{}", stack.service.port)));
    // Twilio signs the URL that it was given.
    set("PUBLIC_BASE_URL", json!(base_url(stack)));
    for (name, value) in of_database(stack) {
        set(name, value.into());
    }
    if let Some(url) = cache::url(stack) {
        set(SESSIONS, url.into());
        if stack.ephemeral.is_guest() {
            set("REDIS_PREFIX", guest::key_prefix(stack).into());
        }
    }
    for (name, value) in &stack.service.environment {
        set(name.as_str(), json!(value));
    }
    variables
}

fn base_url(stack: &Stack) -> String {
    if stack.ephemeral.is_guest() {
        return format!("http://{}", guest::host_name(stack));
    }
    match &stack.domain {
        Some(domain) => format!("https://{}", domain.name),
        None => "http://${load_balancer.public.dns_name}".to_owned(),
    }
}

/// Where the database is.
pub(super) fn of_database(stack: &Stack) -> Vec<(&'static str, String)> {
    match stack.database {
        Some(_) => vec![
            ("DATABASE_HOST", "${db_instance.main.endpoint}".to_owned()),
            ("DATABASE_PORT", database::PORT.to_string()),
            ("DATABASE_NAME", database::name(stack)),
        ],
        None => Vec::new(),
    }
}

/// Variables that ECS reads from secrets: name to the ARN of the secret, with the key in it where it is JSON.
///
/// ECS refuses a name that is a plain variable too, so one that the stack file sets is left out.
pub(super) fn secret(stack: &Stack) -> Map<String, Value> {
    let mut variables = Map::new();
    for secret in &stack.service.secrets {
        let arn = format!("${{secret.{}.arn}}", secrets::label(secret));
        if secret.as_str() == secrets::APP {
            for key in app_keys(stack) {
                variables.insert(key.to_owned(), format!("{arn}:{key}::").into());
            }
        } else {
            variables.insert(variable_of(secret), arn.into());
        }
    }
    if stack.database.is_some() {
        for (name, key) in [
            ("DATABASE_USER", "username"),
            ("DATABASE_PASSWORD", "password"),
        ] {
            let from = format!("${{secret.{}.arn}}:{key}::", secrets::DATABASE);
            variables.insert(name.to_owned(), from.into());
        }
    }
    variables.retain(|name, _| {
        let mut plain = stack.service.environment.keys();
        !plain.any(|plain| plain.as_str() == name)
    });
    variables
}

/// The variable that a secret other than `app` becomes, whole: its name in capitals.
pub(crate) fn variable_of(secret: &SecretName) -> String {
    secret.as_str().replace('-', "_").to_uppercase()
}

/// Keys that the JSON secret `app` of this stack has to have.
pub fn app_keys(stack: &Stack) -> Vec<&'static str> {
    let environment = &stack.service.environment;
    let value = |wanted: &str| {
        let mut all = environment.iter();
        all.find(|(name, _)| name.as_str() == wanted)
            .map(|(_, value)| value.as_str())
    };
    let speech = (value("SPEECH_MODE") == Some("whisper")).then_some("OPENAI_API_KEY");
    APP_KEYS
        .into_iter()
        .chain(speech)
        .filter(|key| value(key).is_none())
        .collect()
}

/// Variables without which the service does not start and that the task definition among `nodes` does not have.
///
/// Empty where there is no task definition of the service.
pub fn missing_variables(nodes: &[Node]) -> Vec<&'static str> {
    let definition = nodes
        .iter()
        .find(|node| node.address == "task_definition.service");
    let Some(definition) = definition else {
        return Vec::new();
    };
    let of = |part: &str| definition.properties["container"][part].as_object();
    let given: BTreeSet<&str> = [of("environment"), of("secrets")]
        .into_iter()
        .flatten()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let database: &[&'static str] = match given.contains("DATABASE_URL") {
        true => &[],
        false => &["DATABASE_HOST", "DATABASE_PASSWORD", "DATABASE_USER"],
    };
    let whisper = definition.properties["container"]["environment"]["SPEECH_MODE"] == "whisper";
    let needed = APP_KEYS
        .into_iter()
        .chain(database.iter().copied())
        .chain(whisper.then_some("OPENAI_API_KEY"))
        .chain(["PUBLIC_BASE_URL"]);
    needed.filter(|name| !given.contains(name)).collect()
}
