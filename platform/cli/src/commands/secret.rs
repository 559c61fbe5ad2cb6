use std::collections::BTreeSet;
use std::io::Read;
use std::time::Duration;

use bella_aws::secrets::{self, NotSet, Shown};
use bella_deploy::{Asked, Deployment, Rotation, Went, provisioned};
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_stack::{APP_SECRET, DATABASE_LOGIN};
use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;
use zeroize::Zeroizing;

use super::command;
use super::deploy::{DEFAULT_TIMEOUT, conclude, duration};
use crate::context::Context;
use crate::deploy::Here;
use crate::error::{CommandError, Exit};
use crate::render::table::table;
use crate::session::Session;
use crate::target::Target;

const DATABASE_SECRET: &str = DATABASE_LOGIN.0;

/// Set and rotate the values of a stack's secrets, and list which have one.
///
/// A value is typed without being shown, or read from standard input; it is never an argument, which
/// other users of the machine could see, and never printed, logged or recorded.
///
/// Example: bella secret set stacks/dev.yaml app --key TWILIO_AUTH_TOKEN
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the stack's secrets: names, versions and times, never values.
    ///
    /// Example: bella secret list stacks/dev.yaml
    List {
        /// Stack file or stack name.
        stack: String,
    },
    /// Give a secret a new value while the old one stays good, and start tasks that read it.
    ///
    /// NAME `database`: the service's login; two take turns, and the one before is shut once the other
    /// serves. NAME `app` with --key: of BELLA_API_KEY, OPENAI_API_KEY and TWILIO_AUTH_TOKEN the old
    /// value stays behind the new one until --finish; other keys are replaced. Where the tasks do not
    /// serve, the secret has its old value again, and the exit code is not 0.
    ///
    /// Example: bella secret rotate stacks/dev.yaml app --key TWILIO_AUTH_TOKEN --sandbox
    Rotate {
        /// Stack file.
        stack: String,
        /// Which secret: `database` or `app`.
        name: String,
        /// Which key of the secret `app`; its new value is asked for, or read from standard input.
        #[arg(long)]
        key: Option<String>,
        /// Leave only the newest value of the key.
        #[arg(long, requires = "key")]
        finish: bool,
        /// How long the tasks may take to serve, such as 90s or 15m.
        #[arg(long, value_name = "DURATION", default_value = DEFAULT_TIMEOUT, value_parser = duration)]
        timeout: Duration,
    },
    /// Set a value; asks for it, or reads it from standard input.
    ///
    /// Example: bella secret set bella-dev app < app.json
    Set {
        /// Stack file or stack name.
        stack: String,
        /// Which secret.
        name: String,
        /// Only this key of a secret that holds a JSON object.
        #[arg(long)]
        key: Option<String>,
    },
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::List { stack } => list(cx, stack).await,
        Action::Rotate {
            stack,
            name,
            key,
            finish,
            timeout,
        } => {
            let what = rotation(cx, name, key.as_deref(), *finish)?;
            rotate(cx, stack, name, what, *timeout).await
        }
        Action::Set { stack, name, key } => set(cx, stack, name, key.as_deref()).await,
    }
}

async fn list(cx: &Context, stack: &str) -> Result<Exit, CommandError> {
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

async fn set(
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

/// What is rotated, with the new value where one has to be given.
fn rotation(
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
        (DATABASE_SECRET, None) => Ok(Rotation::Login),
        (DATABASE_SECRET, Some(_)) => Err(CommandError::usage(
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

async fn rotate(
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
fn value(cx: &Context, what: &str) -> Result<Zeroizing<String>, CommandError> {
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
