//! `bella-service simulate`: plays whole conversations against a running instance.
//!
//! - `caller`: who calls, and what they say to what they hear
//! - `answer`: what an instance answered
//! - `line`: the telephone line: Twilio's part
//! - `report`: how they fared

mod answer;
mod caller;
mod line;
mod report;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::Args;
use jiff::Zoned;
use jiff::civil::Time;
use tokio::task::JoinSet;

use super::CommandError;
use crate::config::{ConfigError, Problem};
use caller::{Calendar, Caller};
use line::Line;
use report::{Fared, Report};

/// Play pretend calls against a running instance, and print how they fared
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bella-service simulate --url http://127.0.0.1:8000
  bella-service simulate --url http://127.0.0.1:8000 --calls 1000 --concurrency 50

The calls are signed as Twilio signs: with --signed-with, or the variable TWILIO_AUTH_TOKEN.
Every caller has a number out of those that are kept for fiction (555-0100 to 555-0199).
Exit code 1 when a call was not answered as a call should be.")]
pub(super) struct Arguments {
    /// Where the instance listens
    #[arg(long, value_name = "URL")]
    url: String,
    /// How many calls
    #[arg(long, default_value_t = 1, value_name = "N")]
    calls: usize,
    /// How many at once
    #[arg(long, default_value_t = 1, value_name = "C")]
    concurrency: usize,
    /// Twilio's auth token, which the instance verifies signatures with
    #[arg(
        long,
        value_name = "TOKEN",
        env = "TWILIO_AUTH_TOKEN",
        hide_env_values = true
    )]
    signed_with: String,
    /// The instance's PUBLIC_BASE_URL, which is what gets signed, and the host that is asked for; --url if absent
    #[arg(long, value_name = "URL", env = "PUBLIC_BASE_URL")]
    public_url: Option<String>,
    /// The first caller's place in the list of callers: another one makes other people call
    #[arg(long, default_value_t = 0, value_name = "N")]
    first: usize,
    /// Times of day that are asked for, as FROM-TO
    #[arg(long, default_value = "09:00-17:00", value_name = "TIMES", value_parser = times)]
    hours: (Time, Time),
    /// Minutes between the times that are asked for
    #[arg(long, default_value_t = 30, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(1..=720))]
    every: u16,
    /// Ask for Saturdays and Sundays too
    #[arg(long)]
    weekends: bool,
    /// The day on which it is, where the instance runs with TEST_NOW
    #[arg(long, value_name = "DATE")]
    today: Option<jiff::civil::Date>,
    /// Print the report as one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    if arguments.signed_with.trim().is_empty() {
        return Err(CommandError::Config(ConfigError {
            problems: vec![Problem {
                variable: "--signed-with",
                value: None,
                needed: "is empty; it, or TWILIO_AUTH_TOKEN, is the token of the instance"
                    .to_owned(),
            }],
        }));
    }
    let today = arguments.today.unwrap_or_else(|| Zoned::now().date());
    let calendar = Calendar::new(today, arguments.hours, arguments.every, arguments.weekends);
    let public = arguments.public_url.as_ref().unwrap_or(&arguments.url);
    let line = Line::new(&arguments.url, public, &arguments.signed_with)
        .map_err(|err| CommandError::failed("preparing the line", err))?;
    let talk = arguments.calls == 1 && !arguments.json;
    let report = play(&arguments, Arc::new(line), Arc::new(calendar), talk).await;
    report.print(arguments.json, talk)?;
    match report.failed().next() {
        Some(failed) => Err(CommandError::failed(
            format!("{} of {} calls", report.failed().count(), arguments.calls),
            failed.to_owned(),
        )),
        None => Ok(()),
    }
}

async fn play(
    arguments: &Arguments,
    line: Arc<Line>,
    calendar: Arc<Calendar>,
    talk: bool,
) -> Report {
    let next = Arc::new(AtomicUsize::new(0));
    let (calls, first) = (arguments.calls, arguments.first);
    let started = Instant::now();
    let mut players = JoinSet::new();
    for _ in 0..arguments.concurrency.clamp(1, calls.max(1)) {
        let (line, calendar, next) = (line.clone(), calendar.clone(), next.clone());
        players.spawn(async move {
            let mut fared = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= calls {
                    return fared;
                }
                let caller = Caller::new(first + number, &calendar);
                fared.push(line.call(caller, talk).await);
            }
        });
    }
    let fared: Vec<Fared> = players.join_all().await.into_iter().flatten().collect();
    Report::new(fared, started.elapsed())
}

fn times(text: &str) -> Result<(Time, Time), String> {
    let parsed = text.split_once('-').and_then(|(from, to)| {
        let from: Time = from.parse().ok()?;
        let to: Time = if to == "24:00" {
            Time::MAX
        } else {
            to.parse().ok()?
        };
        (from < to).then_some((from, to))
    });
    parsed.ok_or_else(|| "two times such as 09:00-17:00 are needed".to_owned())
}
