//! Objects that nobody owns yet: looked at by their id alone, and let go again.

use std::time::{Duration, Instant};

use bella_engine::address::Address;
use bella_engine::cloud::{Cloud, CloudError, Fault};
use bella_engine::live::Live;
use bella_engine::planner::NAME_TAG;
use bella_engine::resource::{Identity, Kind, Observed, Owner, Scope, Tags};
use serde_json::Value;

use crate::clients::Aws;
use crate::kinds::KINDS;
use crate::tags::ANYBODY;

/// The object of that kind and id, whoever owns it; `None` when there is none, or when such objects
/// carry no tags of their own.
///
/// # Errors
/// AWS refuses to say.
pub async fn object(
    aws: &Aws,
    kind: &dyn Kind<Aws>,
    address: &Address,
    id: &str,
) -> Result<Option<Observed<Value>>, CloudError> {
    if kind.owner() != Owner::Tags {
        return Ok(None);
    }
    let look = aws.look(&Scope {
        stack: ANYBODY.to_owned(),
        focus: Some(identity(ANYBODY, address, id, Tags::new())),
    });
    match kind.list(&look).await {
        Ok(seen) => Ok(seen.into_iter().find(|seen| seen.id == id)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the stack's own listing shows the object, within `lag`. Kinds that are listed by the
/// beginning of their name never show one that is called otherwise.
///
/// # Errors
/// The listing fails.
pub async fn is_listed(
    aws: &Aws,
    stack: &str,
    address: &Address,
    id: &str,
    lag: Duration,
) -> Result<bool, Vec<bella_engine::live::LookError>> {
    let began = Instant::now();
    loop {
        let live = Live::look(KINDS, aws, stack).await?;
        let is_it = |it: &bella_engine::live::Object| it.id == id && it.address == *address;
        if live.objects.iter().any(is_it) {
            return Ok(true);
        }
        if began.elapsed() >= lag {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Gives an object back the tags it had before it was adopted.
///
/// # Errors
/// AWS refuses.
pub async fn release(
    aws: &Aws,
    kind: &dyn Kind<Aws>,
    address: &Address,
    before: &Observed<Value>,
    set: &Tags,
) -> Result<(), CloudError> {
    let gone: Vec<String> = set
        .keys()
        .filter(|key| !before.tags.contains_key(*key))
        .cloned()
        .collect();
    let name = before.tags.get(NAME_TAG);
    let name = name.map(|name| (NAME_TAG.to_owned(), name.clone()));
    let who = identity(ANYBODY, address, &before.id, name.into_iter().collect());
    kind.tag(aws, &who, &gone).await
}

fn identity(stack: &str, address: &Address, id: &str, tags: Tags) -> Identity {
    Identity {
        stack: stack.to_owned(),
        address: address.clone(),
        name: id.to_owned(),
        id: Some(id.to_owned()),
        tags,
        token: String::new(),
        keep_copy: false,
    }
}
