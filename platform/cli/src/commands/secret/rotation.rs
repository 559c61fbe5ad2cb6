//! A secret gets a new value while the old one stays good.

use std::collections::BTreeSet;
use std::time::Duration;

use bella_deploy::{Asked, Deployment, Rotation, Went, provisioned};
use bella_stack::{APP_SECRET, DATABASE_LOGIN};

use super::values::value;
use crate::commands::command;
use crate::commands::deploy::conclude;
use crate::context::Context;
use crate::deploy::Here;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::target::Target;

/// What is rotated, with the new value where one has to be given.
pub(super) fn rotation(
    cx: &Context,
    name: &str,
    key: Option<&str>,
    finish: bool,
) -> Result<Rotation, CommandError> {
    match (name, key) {
        (APP_SECRET, Some(key)) if finish => Ok(Rotation::Finish {
            key: key.to_owned(),
        }),
        (APP_SECRET, Some(key)) => Ok(Rotation::Key {
            key: key.to_owned(),
            value: value(cx, &format!("{key} of {name}"))?,
        }),
        (DATABASE_LOGIN, None) => Ok(Rotation::Login),
        (DATABASE_LOGIN, Some(_)) => Err(CommandError::usage(
            "the secret database is rotated whole: name and password",
        )
        .hint("leave --key out")),
        (APP_SECRET, None) => Err(CommandError::usage(
            "the secret app has many keys: one is rotated at a time",
        )
        .hint("name it with --key KEY")),
        _ => Err(CommandError::usage(format!(
            "{name} is read by nothing that could be told of a new value"
        ))
        .hint("`app` and `database` can be rotated; `bella secret set` sets any other")),
    }
}

pub(super) async fn rotate(
    cx: &Context,
    stack: &str,
    name: &str,
    rotation: Rotation,
    timeout: Duration,
) -> Result<Exit, CommandError> {
    let key = match &rotation {
        Rotation::Login => None,
        Rotation::Key { key, .. } | Rotation::Finish { key } => Some(key.clone()),
    };
    let session = Session::open(cx, Target::file(stack)?).await?;
    let run = session.begin("secret rotate").await?;
    let verb = format!("secret rotate {stack} {name}");
    let mut again =
        command(cx, "secret rotate", stack).replacen(&format!("secret rotate {stack}"), &verb, 1);
    if let Some(key) = &key {
        again.push_str(&format!(" --key {key}"));
    }
    let here = Here::new(cx, &session, &run, stack, again.clone())?;
    let planned = session.plan(&BTreeSet::new()).await?;
    let found = (&planned.live, planned.applied.as_ref());
    session.refuse_at_rest(cx, found, stack).await?;
    provisioned(&here, &planned.live, planned.plan.changes.len()).await?;
    let deployment = Deployment::of(&here, planned.live, timeout).await?;
    let rotated = deployment.rotate(rotation).await?;
    let (overlaps, went_well) = (rotated.overlaps, matches!(rotated.went, Went::Well));
    let asked = Asked {
        image: rotated.image,
        went: rotated.went,
    };
    let exit = conclude(cx, &session, &run, asked, &again).await?;
    if went_well && overlaps && !cx.ui.json {
        cx.ui.note(&format!(
            "The value before is good still. When nobody uses it any more: {again} --finish"
        ));
    }
    Ok(exit)
}
