//! What a stack costs, and what prices that is from.

use std::fs;
use std::path::{Path, PathBuf};

use bella_aws::prices::refresh::{self, Outcome};
use bella_aws::prices::{REGIONS, book};
use bella_engine::cost::Unpriced;
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use serde_json::Value;

use super::provision::command;
use super::{cost_report, rightsize};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Money;
use crate::render::{cost, prices};
use crate::session::Session;
use crate::target::StackFile;

/// What a stack costs, before anything of it exists, and the price book behind it.
///
/// Example: bella cost estimate stacks/dev.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Estimate a stack file line by line, from prices in this program; asks nobody.
    ///
    /// Exits with 4 when the estimate is over the budget.
    ///
    /// Example: bella cost estimate stacks/dev.yaml --format md
    Estimate(Estimate),
    /// Show the price book: its age, its sources, how sure it is; with --region, every price.
    ///
    /// Example: bella cost prices --region ca-central-1
    Prices(Prices),
    Rightsize(rightsize::Args),
    Report(cost_report::Args),
}

#[derive(ClapArgs)]
struct Estimate {
    /// Stack files; with several and --json, a list of documents.
    #[arg(required = true)]
    stacks: Vec<String>,
    /// Fail when something has no price.
    #[arg(long)]
    strict: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(ClapArgs)]
struct Prices {
    #[command(subcommand)]
    action: Option<PricesAction>,
}

#[derive(Subcommand)]
enum PricesAction {
    /// Ask AWS's Price List for every price, and show how the files of the price book would change.
    ///
    /// With --region only that region's. A price is taken when exactly one that is not zero is found;
    /// else the exit code is 1 and the row stays. Needs `pricing:GetProducts`.
    ///
    /// Example: bella cost prices refresh --write platform/aws/prices
    Refresh(Refresh),
}

#[derive(ClapArgs)]
struct Refresh {
    /// Write the changed files into this folder, instead of showing the difference.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for a terminal.
    Table,
    /// Markdown, for a pull request.
    Md,
    /// One JSON document.
    Json,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    match &args.action {
        Action::Estimate(args) => estimate(cx, args),
        Action::Rightsize(args) => rightsize::run(cx, args).await,
        Action::Report(args) => cost_report::run(cx, args).await,
        Action::Prices(Prices { action: None }) => show_prices(cx),
        Action::Prices(Prices {
            action: Some(PricesAction::Refresh(args)),
        }) => refresh_prices(cx, args).await,
    }
}

fn estimate(cx: &Context, args: &Estimate) -> Result<Exit, CommandError> {
    let json = cx.ui.json || args.format == Format::Json;
    let mut documents = Vec::new();
    let mut refused: Option<CommandError> = None;
    for stack in &args.stacks {
        let file = StackFile::named(stack)?;
        let money = Money::of(&file)?;
        match args.format {
            _ if json => documents.push(cost::document(&file, &money)),
            Format::Md => cx.ui.data(&cost::markdown(&file, &money)),
            Format::Table | Format::Json => cx.ui.data(&cost::text(&file, &money)),
        }
        let Some(refusal) = refusal(cx, args, (stack, &file, &money)) else {
            if let Some(warning) = money.warning() {
                cx.ui.note(&warning);
            }
            continue;
        };
        match &mut refused {
            None => refused = Some(refusal),
            Some(before) => {
                before.lines.extend(refusal.lines);
                before.hints.extend(refusal.hints);
            }
        }
    }
    match <[_; 1]>::try_from(documents) {
        Ok([document]) => cx.ui.document(&document),
        Err(documents) if json => cx.ui.document(&Value::from(documents)),
        Err(_) => {}
    }
    refused.map_or(Ok(Exit::Done), |refusal| finish(json, refusal))
}

/// Why an estimate is not good enough.
fn refusal(
    cx: &Context,
    args: &Estimate,
    (stack, file, money): (&str, &StackFile, &Money),
) -> Option<CommandError> {
    let unpriced = &money.outlook.expected.unpriced;
    if args.strict && !unpriced.is_empty() {
        return Some(without_price(unpriced));
    }
    let accept = command(cx, "provision", stack) + " --accept-over-budget REASON";
    money.refusal(file, &accept)
}

/// One JSON document says it all; for people the error says it in words.
fn finish(json: bool, error: CommandError) -> Result<Exit, CommandError> {
    match json {
        true => Ok(error.exit),
        false => Err(error),
    }
}

fn without_price(unpriced: &[Unpriced]) -> CommandError {
    let lines = unpriced.iter().map(|one| {
        format!(
            "{} ({}) has no price: {}",
            one.address, one.component, one.why
        )
    });
    CommandError {
        exit: Exit::Failed,
        lines: lines.collect(),
        hints: vec![
            "add the price with its source to platform/aws/prices, or estimate without --strict"
                .to_owned(),
        ],
    }
}

fn known(region: &str) -> Result<&'static str, CommandError> {
    let found = REGIONS.iter().find(|known| **known == region);
    found.copied().ok_or_else(|| {
        CommandError::usage(format!(
            "the price book has no prices of {region}; it has {}",
            REGIONS.join(", ")
        ))
    })
}

fn show_prices(cx: &Context) -> Result<Exit, CommandError> {
    if let Some(region) = &cx.global.region {
        let book = book(known(region)?);
        match cx.ui.json {
            true => cx.ui.document(&prices::document(&book)),
            false => cx.ui.data(&prices::text(&book)),
        }
        return Ok(Exit::Done);
    }
    let books: Vec<_> = REGIONS.iter().map(|region| book(region)).collect();
    match cx.ui.json {
        true => cx.ui.document(&prices::overview_document(&books)),
        false => cx.ui.data(&prices::overview(&books)),
    }
    cx.ui.note(
        "\nPrices change with a release of bella; `bella cost prices refresh` asks AWS for newer ones.",
    );
    Ok(Exit::Done)
}

async fn refresh_prices(cx: &Context, args: &Refresh) -> Result<Exit, CommandError> {
    let regions = match &cx.global.region {
        Some(region) => vec![known(region)?],
        None => REGIONS.to_vec(),
    };
    let (aws, _) = Session::account(cx).await?;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let told = refresh::refresh(&aws, &regions, today.date()).await?;
    match (&args.write, cx.ui.json) {
        (Some(folder), _) => write(folder, &told)?,
        (None, true) => {}
        (None, false) => cx.ui.data(prices::difference(&told).trim_end()),
    }
    match cx.ui.json {
        true => cx.ui.document(&prices::refreshed_document(&told)),
        false => cx.ui.note(&prices::refreshed(&told)),
    }
    match told
        .rows
        .iter()
        .any(|row| matches!(row.outcome, Outcome::Unclear(_)))
    {
        true => Ok(Exit::Failed),
        false => Ok(Exit::Done),
    }
}

/// All files or, where one cannot be written, those before it: each is whole.
fn write(folder: &Path, told: &refresh::Refresh) -> Result<(), CommandError> {
    for file in &told.files {
        let path = folder.join(&file.name);
        let beside = folder.join(format!(".{}.new", file.name));
        let written = fs::write(&beside, &file.after).and_then(|()| fs::rename(&beside, &path));
        written.map_err(|err| {
            CommandError::new(Exit::Failed, format!("writing {}: {err}", path.display())).hint(
                "name the folder of the price files with --write, such as platform/aws/prices",
            )
        })?;
    }
    Ok(())
}
