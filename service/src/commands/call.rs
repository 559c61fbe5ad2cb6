//! `bella-service call`: places one real call.

use std::io::Write;
use std::time::Duration;

use bella_domain::phone::Mobile;
use clap::Args;
use tokio::time::{Instant, sleep};

use super::CommandError;
use crate::config::{ConfigError, TwilioConfig};
use crate::https;
use crate::twilio::{CallState, Client};

/// How long a call is followed.
const LONGEST: Duration = Duration::from_mins(10);

/// How often Twilio is asked how it stands.
const LOOK: Duration = Duration::from_secs(2);

/// States after which nothing more happens.
const OVER: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// Let a running service call a telephone, and follow the call to its end; costs a few cents
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bella-service call --to +14165550123\n\nNeeds TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM and PUBLIC_BASE_URL, where Twilio can reach the service."
)]
pub(super) struct Arguments {
    /// The telephone to call, in E.164 form
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    to: Mobile,
}

fn number(text: &str) -> Result<Mobile, String> {
    Mobile::from_e164(text).map_err(|_| "a number such as +14165550123 is needed".to_owned())
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let (twilio, base) = settings()?;
    let client = Client::new(&twilio, &base, https::client());
    let url = format!("{base}/twilio/voice");
    let failed = |doing: &str, err| CommandError::failed(doing.to_owned(), err);
    let mut call = client
        .call(&arguments.to, &url)
        .await
        .map_err(|err| failed("calling", err))?;
    say(&call)?;
    let deadline = Instant::now() + LONGEST;
    while !OVER.contains(&call.status.as_str()) {
        if Instant::now() > deadline {
            let why = format!("the call {} did not end in ten minutes", call.sid);
            return Err(CommandError::failed("following the call", why));
        }
        sleep(LOOK).await;
        let now = client.call_state(&call.sid).await;
        let now = now.map_err(|err| failed("following the call", err))?;
        if now.status != call.status {
            say(&now)?;
        }
        call = now;
    }
    if call.status == "completed" {
        return Ok(());
    }
    let why = format!("it ended as {}; see it in Twilio's console", call.status);
    Err(CommandError::failed(format!("the call {}", call.sid), why))
}

fn settings() -> Result<(TwilioConfig, String), ConfigError> {
    TwilioConfig::read(|name| std::env::var(name).ok())
}

fn say(call: &CallState) -> Result<(), CommandError> {
    let seconds = call
        .duration
        .map_or_else(String::new, |seconds| format!(" after {seconds} s"));
    writeln!(std::io::stdout(), "{} {}{seconds}", call.sid, call.status)
        .map_err(|err| CommandError::failed("writing to standard output", err))
}
