use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use self::rotation::{rotate, rotation};
use self::values::{list, set};
use super::deploy::{DEFAULT_TIMEOUT, duration};
use crate::context::Context;
use crate::error::{CommandError, Exit};

mod rotation;
mod values;

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
