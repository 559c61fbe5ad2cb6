//! Values that the service needs to start.

use std::collections::BTreeMap;

use bella_aws::deploy::made_up;
use bella_aws::ledger::Run;
use bella_aws::secrets;
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_stack::{APP_SECRET, app_keys};
use zeroize::Zeroizing;

use super::Talk;
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// Values by key.
pub(crate) type Values = BTreeMap<String, Zeroizing<String>>;

/// The values of the stack's secret `app`, with every key that the service needs. In the sandbox, where nobody else sees them, those
/// that are missing are made up.
///
/// # Errors
/// Keys are missing: ECS would not start a task.
pub(crate) async fn require(
    cx: &Context,
    session: &Session,
    run: &Run,
    talk: Talk<'_>,
) -> Result<Values, CommandError> {
    let file = session.file()?;
    let values = read(session).await?;
    let missing: Vec<&str> = app_keys(&file.loaded.stack)
        .into_iter()
        .filter(|key| !values.contains_key(*key))
        .collect();
    if missing.is_empty() {
        return Ok(values);
    }
    if !cx.global.sandbox {
        return Err(refusal(cx, session, &missing));
    }
    for key in &missing {
        let written = secrets::set(
            &session.aws,
            &session.stack,
            APP_SECRET,
            Some(key),
            made_up(key),
        )
        .await;
        let version = written.map_err(|err| CommandError::new(Exit::Failed, err.to_string()))?;
        run.append(Event::Noted {
            address: Address::parse(&format!("secret.{APP_SECRET}"))
                .expect("the blueprint's own addresses can be read"),
            action: "secret set".to_owned(),
            id: version,
        })
        .await?;
    }
    talk.done(
        &format!("made up for the sandbox: {}", missing.join(", ")),
        None,
    );
    read(session).await
}

async fn read(session: &Session) -> Result<Values, CommandError> {
    let texts = secrets::texts(&session.aws, &session.stack, APP_SECRET).await;
    let texts = texts.map_err(|err| {
        CommandError::new(Exit::Failed, err.to_string()).hint(
            "it has to be a JSON object of texts; `bella secret set STACK app --key KEY` sets one",
        )
    })?;
    Ok(texts.unwrap_or_default())
}

fn refusal(cx: &Context, session: &Session, missing: &[&str]) -> CommandError {
    let stack = &session.stack;
    let mut error = CommandError::new(
        Exit::Failed,
        format!(
            "the secret app of {stack} lacks {}: ECS starts no task without them",
            missing.join(", ")
        ),
    );
    for key in missing {
        let set = command(cx, "secret set", stack);
        error = error.hint(format!("{set} {APP_SECRET} --key {key}"));
    }
    error
}
