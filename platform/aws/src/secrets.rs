//! Values of a stack's secrets: written, never shown.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry, Tag};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::name::fingerprint;
use bella_engine::planner::STACK_TAG;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use crate::clients::Aws;
use crate::deploy::made_up;
use crate::error::refused;

/// A secret as a listing shows it: everything but its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shown {
    /// Its name within the stack.
    pub name: String,
    /// Its name in the account.
    pub id: String,
    /// Id of the version that is current; `None` before the first.
    pub version: Option<String>,
    /// When a value was last set, UTC.
    pub changed: Option<Timestamp>,
    /// When it was deleted, UTC, where it can still be restored.
    pub deleted: Option<Timestamp>,
}

/// Why a value was not set.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// AWS refused.
    #[error("{0}")]
    Cloud(CloudError),
    /// The stack has no such secret.
    #[error("there is no secret {id}")]
    Missing {
        /// Its name in the account.
        id: String,
    },
    /// Its tags do not say that it is the stack's.
    #[error("{id} is not a secret of this stack")]
    NotOurs {
        /// Its name in the account.
        id: String,
    },
    /// One key was to be set, and what is there has no keys.
    #[error("{id} holds a value that is no JSON object, so that it has no keys")]
    NoKeys {
        /// Its name in the account.
        id: String,
    },
}

impl From<CloudError> for NotSet {
    fn from(error: CloudError) -> Self {
        Self::Cloud(error)
    }
}

/// The name in the account of a stack's secret.
#[must_use]
pub fn id(stack: &str, name: &str) -> String {
    format!("bella/{stack}/{name}")
}

/// The stack's secrets by name, those that are pending deletion among them.
///
/// # Errors
/// AWS refuses the listing.
pub async fn list(aws: &Aws, stack: &str) -> Result<Vec<Shown>, CloudError> {
    let lead = id(stack, "");
    let below = Filter::builder()
        .key(FilterNameStringType::Name)
        .values(&lead)
        .build();
    let call = aws.secrets.list_secrets().include_planned_deletion(true);
    let mut pages = call.filters(below).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let entries = page.map_err(refused)?.secret_list.unwrap_or_default();
        let ours = entries.iter().filter(|entry| is_ours(stack, entry.tags()));
        found.extend(ours.filter_map(|entry| shown(&lead, entry)));
    }
    found.sort();
    Ok(found)
}

fn shown(lead: &str, entry: &SecretListEntry) -> Option<Shown> {
    let time = |at: Option<&aws_smithy_types::DateTime>| {
        at.and_then(|at| Timestamp::from_second(at.secs()).ok())
    };
    let versions = entry.secret_versions_to_stages();
    let current = versions.and_then(|versions| {
        let is_current = |stages: &Vec<String>| stages.iter().any(|stage| stage == "AWSCURRENT");
        let mut current = versions.iter().filter(|(_, stages)| is_current(stages));
        current.next().map(|(version, _)| version.clone())
    });
    Some(Shown {
        name: entry.name()?.strip_prefix(lead)?.to_owned(),
        id: entry.name()?.to_owned(),
        changed: current
            .is_some()
            .then(|| time(entry.last_changed_date()))
            .flatten(),
        version: current,
        deleted: time(entry.deleted_date()),
    })
}

fn is_ours(stack: &str, tags: &[Tag]) -> bool {
    tags.iter()
        .any(|tag| tag.key() == Some(STACK_TAG) && tag.value() == Some(stack))
}

/// Sets a secret's value, or with `key` one key of its JSON object; answers the new version's id.
///
/// Whoever calls it holds the stack's lease: between reading the object and writing it, nobody else
/// writes.
///
/// # Errors
/// The secret is not the stack's, has no keys, or AWS refuses.
pub async fn set(
    aws: &Aws,
    stack: &str,
    name: &str,
    key: Option<&str>,
    value: Zeroizing<String>,
) -> Result<String, NotSet> {
    let id = id(stack, name);
    let call = aws.secrets.describe_secret().secret_id(&id);
    match call.send().await.map_err(refused) {
        Ok(secret) if is_ours(stack, secret.tags()) => {}
        Ok(_) => return Err(NotSet::NotOurs { id }),
        Err(error) if error.fault == Fault::NotFound => return Err(NotSet::Missing { id }),
        Err(error) => return Err(error.into()),
    }
    let text = match key {
        None => value,
        Some(key) => with_key(current(aws, &id).await?, key, &value)
            .ok_or_else(|| NotSet::NoKeys { id: id.clone() })?,
    };
    let call = aws.secrets.put_secret_value().secret_id(&id);
    let call = call
        .client_request_token(token())
        .secret_string(text.as_str());
    let answer = call.send().await.map_err(refused)?;
    Ok(answer.version_id.unwrap_or_default())
}

/// The value of the stack's secret `name`; `None` before it has one. It is wiped when it is dropped.
///
/// # Errors
/// AWS refuses to read it.
pub async fn value(
    aws: &Aws,
    stack: &str,
    name: &str,
) -> Result<Option<Zeroizing<String>>, NotSet> {
    Ok(current(aws, &id(stack, name)).await?)
}

/// The texts in the stack's JSON secret `name` by key; `None` before it has a value. Each is wiped when it is dropped.
///
/// # Errors
/// What it holds is no JSON object of texts, or AWS refuses to read it.
pub async fn texts(
    aws: &Aws,
    stack: &str,
    name: &str,
) -> Result<Option<BTreeMap<String, Zeroizing<String>>>, NotSet> {
    let id = id(stack, name);
    let Some(value) = current(aws, &id).await? else {
        return Ok(None);
    };
    let read: Result<BTreeMap<String, String>, _> = serde_json::from_str(&value);
    let texts = read.map_err(|_| NotSet::NoKeys { id })?;
    let wiped = texts
        .into_iter()
        .map(|(key, text)| (key, Zeroizing::new(text)));
    Ok(Some(wiped.collect()))
}

/// Gives a guest's JSON secret `name` the `keys` that it lacks, in one version.
///
/// Accounts with others are the host's, as its secret says them; the rest, which is the guest's own, is made up. What the host does not
/// have either stays out.
///
/// # Errors
/// One of the two holds no JSON object of texts, or AWS refuses.
pub async fn lend(
    aws: &Aws,
    (host, guest): (&str, &str),
    name: &str,
    keys: &[&str],
) -> Result<Option<String>, NotSet> {
    let mut own = texts(aws, guest, name).await?.unwrap_or_default();
    let lacking: Vec<&str> = keys
        .iter()
        .copied()
        .filter(|key| !own.contains_key(*key))
        .collect();
    if lacking.is_empty() {
        return Ok(None);
    }
    let mut hosts = texts(aws, host, name).await?.unwrap_or_default();
    for key in lacking {
        let value = match OTHERS.iter().any(|begin| key.starts_with(begin)) {
            true => hosts.remove(key),
            false => Some(made_up(key)),
        };
        own.extend(value.map(|value| (key.to_owned(), value)));
    }
    let object: BTreeMap<&str, &str> = own
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let text = Zeroizing::new(serde_json::to_string(&object).expect("texts are JSON"));
    set(aws, guest, name, None, text).await.map(Some)
}

/// Keys of accounts that others keep begin so: they cannot be made up.
const OTHERS: [&str; 2] = ["OPENAI_", "TWILIO_"];

/// The value now; `None` before the first.
async fn current(aws: &Aws, id: &str) -> Result<Option<Zeroizing<String>>, CloudError> {
    let call = aws.secrets.get_secret_value().secret_id(id);
    match call.send().await.map_err(refused) {
        Ok(answer) => Ok(answer.secret_string.map(Zeroizing::new)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The JSON object `before`, or an empty one, with one key set; `None` when it is no object.
fn with_key(
    before: Option<Zeroizing<String>>,
    key: &str,
    value: &str,
) -> Option<Zeroizing<String>> {
    let before = before.filter(|text| !text.trim().is_empty());
    let mut object: Map<String, Value> = match before {
        Some(text) => serde_json::from_str(&text).ok()?,
        None => Map::new(),
    };
    object.insert(key.to_owned(), Value::String(value.to_owned()));
    let text = serde_json::to_string(&object).ok().map(Zeroizing::new);
    object.values_mut().for_each(wipe);
    text
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A version's id: chance alone, so that it says nothing of the value.
fn token() -> String {
    let chance = || RandomState::new().build_hasher().finish().to_string();
    fingerprint(&[&chance(), &chance(), &Timestamp::now().to_string()])[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_set_and_the_others_stay() {
        let set = |before: Option<&str>| {
            let before = before.map(|text| Zeroizing::new(text.to_owned()));
            with_key(before, "b", "2").map(|text| text.to_string())
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(set(None), said(r#"{"b":"2"}"#));
        assert_eq!(set(Some("")), said(r#"{"b":"2"}"#));
        assert_eq!(set(Some(r#"{"a":"1"}"#)), said(r#"{"a":"1","b":"2"}"#));
        assert_eq!(set(Some(r#"{"b":"1"}"#)), said(r#"{"b":"2"}"#));
        assert_eq!(set(Some("plain")), None);
        assert_eq!(set(Some("[1]")), None);
    }

    #[test]
    fn versions_are_never_called_the_same() {
        assert_ne!(token(), token());
        assert_eq!(token().len(), 32);
    }
}
