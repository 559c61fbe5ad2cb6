//! Stacks for a while: made from a stack file under another name, and gone when their time is over.

mod end;
mod extend;
mod list;
mod up;

use bella_aws::clients::Aws;
use bella_aws::ephemeral::{self, Carrier, Tagged};
use bella_engine::cloud::CloudError;
use bella_stack::value::{Duration, StackName};
use bella_stack::{EPHEMERAL_TAGS, Listed, ephemeral_name};
use clap::{Args as ClapArgs, Subcommand};
use jiff::Timestamp;

use super::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// Stacks for a while: for a pull request, a demonstration, an afternoon.
///
/// Each is made from a stack file under a name of its own and says when it ends. Then AWS stops what can be stopped by itself, and
/// `reap` removes the rest.
///
/// Example: bella ephemeral up pr-42 --from stacks/preview.yaml --ttl 8h
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make one, or bring it up to date; its time begins anew.
    ///
    /// Any text is a name, such as a branch's: what cannot stand in a stack's name becomes six digits.
    ///
    /// With --host it lives on the servers of a stack that is there, and nothing is made that takes RDS's minutes.
    ///
    /// Example: bella ephemeral up pr-42 --from stacks/preview.yaml --ttl 8h --yes
    Up(up::Up),
    /// Show them all: whose they are, how long they have, what they cost.
    ///
    /// In --region or AWS_REGION; else in all regions that are enabled.
    ///
    /// Example: bella ephemeral list --sandbox
    List,
    /// Give one another time, from now on.
    ///
    /// Example: bella ephemeral extend pr-42 --ttl 4h --sandbox
    Extend {
        /// What it was asked for as.
        name: String,
        /// How long from now on, such as 4h.
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        ttl: Duration,
    },
    /// Remove one now.
    ///
    /// Example: bella ephemeral down pr-42 --sandbox --yes
    Down {
        /// What it was asked for as.
        name: String,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
    /// Remove all whose time is over.
    ///
    /// Example: bella ephemeral reap --dry-run --sandbox
    Reap {
        /// Only say which.
        #[arg(long)]
        dry_run: bool,
    },
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::Up(up) => up::run(cx, up).await,
        Action::List => list::run(cx).await,
        Action::Extend { name, ttl } => extend::run(cx, name, *ttl).await,
        Action::Down { name, yes } => end::down(cx, name, *yes).await,
        Action::Reap { dry_run } => end::reap(cx, *dry_run).await,
    }
}

/// The region that was asked for, by option or environment; none is all.
fn regions(cx: &Context) -> Vec<String> {
    let said = cx.global.region.clone();
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
    let region = said
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"));
    region.into_iter().collect()
}

/// A stack that was made for a while, and where it is.
pub(crate) struct Ephemeral {
    pub(crate) listed: Listed,
    pub(crate) region: String,
    carrier: Carrier,
}

impl Ephemeral {
    fn of(tagged: Tagged) -> Option<Self> {
        Some(Self {
            listed: Listed::of(&tagged.tags)?,
            region: tagged.region,
            carrier: tagged.carrier,
        })
    }

    /// Writes where it is listed when it ends.
    async fn ends(&self, aws: &Aws, expires: Timestamp) -> Result<(), CloudError> {
        ephemeral::mark(aws, (&self.carrier, EPHEMERAL_TAGS.expires), expires).await
    }
}

/// All of them in these regions, or everywhere; those that end first before the others.
async fn list_in(aws: &Aws, regions: &[String]) -> Result<Vec<Ephemeral>, CommandError> {
    let found = ephemeral::list(aws, EPHEMERAL_TAGS.created, regions).await?;
    let mut all: Vec<Ephemeral> = found.into_iter().filter_map(Ephemeral::of).collect();
    all.sort_by(|a, b| {
        let key = |one: &Ephemeral| (one.listed.kept.expires, one.listed.kept.stack.clone());
        key(a).cmp(&key(b))
    });
    Ok(all)
}

/// All of them, where they were asked for.
async fn all(cx: &Context) -> Result<(Aws, Vec<Ephemeral>), CommandError> {
    let (aws, _) = Session::account(cx).await?;
    let all = list_in(&aws, &regions(cx)).await?;
    Ok((aws, all))
}

/// The one of a name.
///
/// # Errors
/// There is none.
async fn one(cx: &Context, name: &str) -> Result<(Aws, Ephemeral), CommandError> {
    let (aws, all) = all(cx).await?;
    let stack = ephemeral_name(name).to_string();
    if let Some(found) = all.into_iter().find(|one| one.listed.kept.stack == stack) {
        return Ok((aws, found));
    }
    Err(CommandError::new(
        Exit::Denied,
        format!("{stack} is none of the stacks that `bella ephemeral up` made"),
    )
    .hint("`bella ephemeral list` shows them; what stays is removed with `bella teardown`"))
}

/// A command of this group as this run's own was typed.
fn again(cx: &Context, verb: &str, name: &str) -> String {
    command(cx, &format!("ephemeral {verb}"), name)
}

/// A length of time as stack files write it.
fn duration(text: &str) -> Result<Duration, String> {
    text.parse()
        .map_err(|why: bella_stack::value::Refusal| why.to_string())
}

fn stack_name(text: &str) -> Result<StackName, String> {
    text.parse()
        .map_err(|why: bella_stack::value::Refusal| why.to_string())
}
