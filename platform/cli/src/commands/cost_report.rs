//! What stacks cost: metered, billed, expected, against their budgets.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use bella_aws::clients::{Aws, Caller};
use bella_aws::ephemeral::{self, Tagged};
use bella_engine::planner::STACK_TAG;
use bella_finance::bill::Line;
use bella_finance::report::focus::focus;
use bella_finance::report::{Allocation, Estate, Report, StackLine, csv, html, markdown, text};
use bella_finance::windows::{Window, month_of};
use bella_finance::{About, Finding};
use clap::{Args as ClapArgs, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;
use crate::spent::bill::{self, Bill};
use crate::spent::{line, subject};
use crate::target::Target;

/// Report what stacks cost in a month: metered, billed, expected, against their budgets.
///
/// The meter counts from AWS's timestamps and the ledger, up to this second. The bill is Cost Explorer's, by the tag bella:stack; it is
/// asked at most four times in 24 hours, as each request costs $0.01, and kept on this machine. A stack that is named without its file is
/// told from its tags and the ledger: what its file says of nights and assumptions is not in it.
///
/// Example: bella cost report stacks/prod.yaml stacks/dev.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack files or stack names, of one account.
    #[arg(required_unless_present = "all")]
    stacks: Vec<String>,
    /// Every stack of the account, beside those named; of one that is named with its file, the file counts.
    #[arg(long)]
    all: bool,
    /// The month, such as 2026-11; this one otherwise.
    #[arg(long, value_name = "MONTH", value_parser = month)]
    month: Option<Date>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write it to this file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// GitHub's Markdown.
    Md,
    /// One document; `docs/report.schema.json` describes it.
    Json,
    /// One page with charts, for a browser or paper.
    Html,
    /// One table of all figures, for spreadsheets.
    Csv,
    /// The billed lines in FOCUS 1.2, for FinOps tools.
    Focus,
}

fn month(text: &str) -> Result<Date, String> {
    let first = format!("{text}-01").parse::<Date>();
    first.map_err(|_| format!("`{text}` is no month such as 2026-11"))
}

/// A stack of the report: connected, with the tags of its VPC where it has one.
struct Member {
    session: Session,
    tagged: Option<Tagged>,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let month = args.month.unwrap_or(today);
    if month.first_of_month() > today {
        return Err(CommandError::usage(format!(
            "{} has not begun: `bella cost estimate` says what it is expected to cost",
            month.strftime("%Y-%m")
        )));
    }
    let window = month_of(month).map_err(|why| CommandError::usage(why.to_string()))?;
    let (aws, caller) = Session::account(cx).await?;
    let members = members(cx, args, (&aws, &caller)).await?;
    refuse_other_accounts(&members, &caller.account)?;
    let mut findings = Vec::new();
    let at = (month, now);
    let bill = bill::billed(cx, (&aws, &caller.account), at, &mut findings).await?;
    let mut stacks = Vec::new();
    for member in &members {
        let at = (window, now);
        let tagged = member.tagged.as_ref();
        stacks.push(line::line(cx, &member.session, tagged, at, &bill, &mut findings).await?);
    }
    // No other format shows them, and of a large account they are many.
    let lines = match args.format == Format::Focus && !cx.ui.json {
        true => bill.lines(),
        false => Vec::new(),
    };
    print(
        cx,
        args,
        &report(
            window,
            now,
            (bill, lines),
            (stacks, findings),
            caller.account,
        ),
    )
}

/// The stacks that are asked for, and with `--all` every other one of the account.
async fn members(
    cx: &Context,
    args: &Args,
    (aws, caller): (&Aws, &Caller),
) -> Result<Vec<Member>, CommandError> {
    let regions: Vec<String> = cx.global.region.iter().cloned().collect();
    let all = ephemeral::list(aws, STACK_TAG, &regions).await?;
    let tagged = |session: &Session| {
        let own = all.iter().find(|tagged| {
            subject::stack_of(&tagged.tags) == Some(session.stack.as_str())
                && tagged.region == session.region
        });
        own.cloned()
    };
    let mut members: Vec<Member> = Vec::new();
    for stack in &args.stacks {
        let session = Session::open(cx, Target::parse_or_past(stack)?).await?;
        let tagged = tagged(&session);
        members.push(Member { session, tagged });
    }
    if args.all {
        // Clients of a region are made once.
        let mut clients: BTreeMap<&str, Aws> = BTreeMap::new();
        for tagged in &all {
            let Some(stack) = subject::stack_of(&tagged.tags) else {
                continue;
            };
            let is_there = |member: &Member| {
                member.session.stack == stack && member.session.region == tagged.region
            };
            if members.iter().any(is_there) {
                continue;
            }
            let aws = clients.get(tagged.region.as_str()).unwrap_or(aws);
            let session = Session::found(cx, (aws.clone(), caller.clone()), stack, tagged).await?;
            clients
                .entry(&tagged.region)
                .or_insert_with(|| session.aws.clone());
            members.push(Member {
                session,
                tagged: Some(tagged.clone()),
            });
        }
    }
    Ok(members)
}

fn refuse_other_accounts(members: &[Member], account: &str) -> Result<(), CommandError> {
    let other = members
        .iter()
        .map(|member| &member.session)
        .find(|session| session.caller.account != account);
    match other {
        None => Ok(()),
        Some(other) => Err(CommandError::usage(format!(
            "{} is in account {}, these credentials are of {account}: a report is of one account",
            other.stack, other.caller.account
        ))),
    }
}

fn report(
    window: Window,
    now: Timestamp,
    (bill, lines): (Bill, Vec<Line>),
    (stacks, mut findings): (Vec<StackLine>, Vec<Finding>),
    account_id: String,
) -> Report {
    let mut environments: BTreeMap<String, Vec<&StackLine>> = BTreeMap::new();
    for line in &stacks {
        environments
            .entry(line.environment.clone())
            .or_default()
            .push(line);
    }
    let environments = environments
        .into_iter()
        .map(|(name, lines)| (name, Estate::of(lines)))
        .collect();
    let dates = stacks.iter().flat_map(|line| &line.components);
    let dates = || dates.clone().filter_map(|one| one.as_of.clone());
    if stacks.is_empty() {
        let text = "no stack of Bella's is in this account";
        findings.push(Finding::new(About::TooLittleHistory, "stacks", text));
    }
    let account = bill.account();
    Report {
        month: window.start().strftime("%Y-%m").to_string(),
        account_id,
        as_of: now,
        billed_as_of: bill.as_of,
        is_estimated: account
            .as_ref()
            .is_some_and(|account| account.sums.estimated),
        prices_as_of: dates().min().zip(dates().max()),
        currency: "USD".to_owned(),
        environments,
        estate: Estate::of(&stacks),
        allocation: Allocation::of(&stacks, account.as_ref()),
        anomalies: bill.anomalies,
        account,
        cost_explorer_forecast: bill.forecast,
        asking: bill.asking,
        findings,
        stacks,
        lines,
    }
}

fn print(cx: &Context, args: &Args, report: &Report) -> Result<Exit, CommandError> {
    let text = match args.format {
        _ if cx.ui.json => serde_json::to_string_pretty(report).unwrap_or_default(),
        Format::Json => serde_json::to_string_pretty(report).unwrap_or_default(),
        Format::Csv => {
            csv(report).map_err(|why| CommandError::new(Exit::Failed, why.to_string()))?
        }
        Format::Focus => {
            focus(report).map_err(|why| CommandError::new(Exit::Failed, why.to_string()))?
        }
        Format::Html => {
            html(report).map_err(|why| CommandError::new(Exit::Failed, why.to_string()))?
        }
        Format::Md => markdown(report),
        Format::Table => text(report),
    };
    match &args.output {
        None => cx.ui.data(text.trim_end()),
        Some(path) => fs::write(path, text.trim_end().to_owned() + "\n").map_err(|why| {
            CommandError::new(Exit::Failed, format!("writing {}: {why}", path.display()))
        })?,
    }
    Ok(Exit::Done)
}
