//! Values of secrets: listed without being shown, set, and typed.

use std::io::Read;

use bella_aws::secrets::{self, NotSet, Shown};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use serde_json::json;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::render::table::table;
use crate::session::Session;
use crate::target::Target;

pub(super) async fn list(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::parse(stack)?).await?;
    let found = secrets::list(&session.aws, &session.stack).await?;
    if cx.ui.json {
        cx.ui.document(&found);
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        cx.ui.note(&format!("{} has no secrets", session.stack));
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    cx.ui
        .data(&table(&["NAME", "CHANGED", "VERSION", "STATE"], &rows));
    Ok(Exit::Done)
}

fn row(secret: &Shown) -> Vec<String> {
    let at = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%MZ").to_string();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        secret.name.clone(),
        or_none(secret.changed.map(at)),
        or_none(secret.version.clone()),
        match (secret.deleted, &secret.version) {
            (Some(when), _) => format!("deleted {}, can be restored", at(when)),
            (None, Some(_)) => "set".to_owned(),
            (None, None) => "has no value".to_owned(),
        },
    ]
}

pub(super) async fn set(
    cx: &Context,
    stack: &str,
    name: &str,
    key: Option<&str>,
) -> Result<Exit, CommandError> {
    let address = Address::parse(&format!("secret.{name}"))
        .map_err(|err| CommandError::usage(err.to_string()))?;
    let session = Session::open(cx, Target::parse(stack)?).await?;
    let what = match key {
        Some(key) => format!("{key} of {name}"),
        None => name.to_owned(),
    };
    let value = value(cx, &what)?;
    let run = session.begin("secret set").await?;
    let written = secrets::set(&session.aws, &session.stack, name, key, value).await;
    let outcome = if written.is_ok() { "done" } else { "failed" };
    if let Ok(version) = &written {
        run.append(Event::Noted {
            address,
            action: "secret set".to_owned(),
            id: version.clone(),
        })
        .await?;
    }
    run.append(Event::Ended {
        outcome: outcome.to_owned(),
        done: usize::from(written.is_ok()),
        failed: usize::from(written.is_err()),
        skipped: 0,
    })
    .await?;
    let version = written.map_err(|error| unset(error, &session.stack))?;
    if cx.ui.json {
        cx.ui
            .document(&json!({"name": name, "key": key, "version": version}));
        return Ok(Exit::Done);
    }
    cx.ui.data(&format!("{what} is set, version {version}"));
    cx.ui
        .note("Tasks read it when they start; those that run keep what they read.");
    Ok(Exit::Done)
}

fn unset(error: NotSet, stack: &str) -> CommandError {
    let text = error.to_string();
    match error {
        NotSet::Cloud(error) => error.into(),
        NotSet::Missing { .. } => CommandError::new(Exit::Failed, text).hint(format!(
            "`bella secret list {stack}` says which there are; `bella provision` makes those that the stack file names under `service.secrets`"
        )),
        NotSet::NotOurs { .. } => CommandError::new(Exit::Denied, text)
            .hint("its tags say whose it is; nothing was changed"),
        NotSet::NoKeys { .. } => CommandError::usage(text)
            .hint("leave --key out to replace the whole value"),
    }
}

/// The value: typed without being shown where somebody is there to type, else all of standard input
/// but one line end.
pub(super) fn value(cx: &Context, what: &str) -> Result<Zeroizing<String>, CommandError> {
    let terminal = console::Term::stderr();
    let failed = |err: std::io::Error| {
        CommandError::new(Exit::Failed, format!("reading the value of {what}: {err}"))
    };
    let value = if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        cx.ui.talk(&format!("Value of {what} (not shown):"));
        Zeroizing::new(terminal.read_secure_line().map_err(failed)?)
    } else {
        let mut text = Zeroizing::new(String::new());
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        let line = text.strip_suffix('\n').unwrap_or(&text);
        Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned())
    };
    match value.is_empty() {
        true => Err(
            CommandError::usage(format!("no value for {what} was given"))
                .hint("type it when asked, or pipe it in: bella secret set STACK NAME < FILE"),
        ),
        false => Ok(value),
    }
}
