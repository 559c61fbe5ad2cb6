//! `bella-service understand`: what a caller's words mean, as JSON.

use std::io::Write;

use bella_domain::understood::Understood;
use bella_domain::when::{self, When};
use bella_domain::{name, phone};
use clap::Args;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::CommandError;
use crate::config::{ConfigError, Problem};

/// Print what a caller's words mean: {"value": …}, or {"value": null, "reason": …}
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  bella-service understand --when \"next Tuesday at half past three\" --now 2026-03-02T09:00:00-05:00"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    words: Words,
    /// The moment that words are read against; the system's if absent. Its offset counts only where
    /// BUSINESS_TIMEZONE is unset.
    #[arg(long, value_name = "RFC3339")]
    now: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Words {
    /// Words that say a telephone number
    #[arg(long, value_name = "TEXT")]
    phone: Option<String>,
    /// Words that say a name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Words that say a date and a time
    #[arg(long, value_name = "TEXT")]
    when: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CommandError> {
    let words = &arguments.words;
    let understood = if let Some(text) = &words.phone {
        phone::understand(text).map(|mobile| mobile.e164().to_owned())
    } else if let Some(text) = &words.name {
        name::understand(text).map(|name| name.as_str().to_owned())
    } else {
        let text = words.when.as_deref().unwrap_or_default();
        moment(text, now(arguments.now.as_deref())?)
    };
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", answer(understood))
        .map_err(|err| CommandError::failed("writing to standard output", err))
}

fn answer(understood: Understood<String>) -> Value {
    match understood {
        Ok(value) => json!({"value": value}),
        Err(not) => json!({"value": null, "reason": not.reason}),
    }
}

fn moment(text: &str, now: Zoned) -> Understood<String> {
    let clock = when::Clock { now, anchor: None };
    let start = match when::understand(text, &clock)? {
        When::Moment(start) | When::Window { from: start, .. } => start,
        When::Day(_) => {
            return Err(bella_domain::understood::NotUnderstood::because(
                "the time is missing",
            ));
        }
        When::Time(_) => {
            return Err(bella_domain::understood::NotUnderstood::because(
                "the day is missing",
            ));
        }
    };
    Ok(start.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// `--now` on the wall clock of the business.
fn now(given: Option<&str>) -> Result<Zoned, CommandError> {
    let bad = |variable, value: &str, needed: &str| {
        CommandError::Config(ConfigError {
            problems: vec![Problem {
                variable,
                value: Some(value.to_owned()),
                needed: needed.to_owned(),
            }],
        })
    };
    let zone = std::env::var("BUSINESS_TIMEZONE").ok();
    let zone = match &zone {
        Some(name) => Some(TimeZone::get(name).map_err(|_| {
            bad(
                "BUSINESS_TIMEZONE",
                name,
                "an IANA name such as America/Toronto",
            )
        })?),
        None => None,
    };
    let default = || TimeZone::get("America/Toronto").unwrap_or(TimeZone::UTC);
    let Some(given) = given else {
        return Ok(Timestamp::now().to_zoned(zone.unwrap_or_else(default)));
    };
    let unreadable = || bad("--now", given, "a moment such as 2026-03-10T09:00:00-04:00");
    let moment: Timestamp = given.parse().map_err(|_| unreadable())?;
    let offset = Pieces::parse(given)
        .ok()
        .and_then(|pieces| pieces.to_numeric_offset());
    Ok(match (zone, offset) {
        (Some(zone), _) => moment.to_zoned(zone),
        (None, Some(offset)) if offset != default().to_offset(moment) => {
            moment.to_zoned(TimeZone::fixed(offset))
        }
        (None, _) => moment.to_zoned(default()),
    })
}
