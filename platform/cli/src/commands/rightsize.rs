//! Which sizes in a stack file do not fit what a week of the stack used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use bella_aws::measured::{self, Series};
use bella_engine::address::Address;
use bella_engine::cost::{cents, number};
use bella_engine::reference::{Reference, is_unresolved, resolve};
use bella_engine::resource::Outputs;
use bella_stack::edited;
use bella_stack::rightsize::{Change, DAYS, Finding, PERIOD_SECONDS, Week, judge, watched};
use clap::Args as ClapArgs;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::provision::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Money;
use crate::render::table::table;
use crate::session::Session;
use crate::target::{StackFile, Target};

/// Advise sizes by a week of CloudWatch, and what they save; with --apply, write them into the stack file.
///
/// Sizes of tasks, database, its disk and cache nodes. Percentiles count, not means; hours in which a part was stopped are
/// left out; without data of three days nothing is advised. AWS is only read: the changed file takes effect by `provision`.
///
/// Example: bella cost rightsize stacks/prod.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Stack file.
    stack: String,
    /// Write what is advised into the stack file; comments and layout stay.
    #[arg(long)]
    apply: bool,
}

/// A finding with what its changes save, US dollars a month or in the stack's life.
struct Advice {
    finding: Finding,
    saves: Option<Decimal>,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let session = Session::open(cx, Target::file(&args.stack)?).await?;
    let file = session.file()?;
    let week = week(&session, file).await?;
    session.note_calls(cx);
    let before = fs::read_to_string(&file.path).map_err(|err| unreadable(&file.path, &err))?;
    let money = Money::of(file)?;
    let mut advice = Vec::new();
    for finding in judge(&file.loaded.stack, &week) {
        let saves = match finding.changes.is_empty() {
            true => None,
            false => Some(saving(
                file,
                &money,
                &rewritten(&before, &finding.changes)?,
            )?),
        };
        advice.push(Advice { finding, saves });
    }
    let changes: Vec<Change> = advice
        .iter()
        .flat_map(|one| one.finding.changes.clone())
        .collect();
    let after = rewritten(&before, &changes)?;
    let total = saving(file, &money, &after)?;
    let applied = args.apply && !changes.is_empty();
    if applied {
        write(&file.path, &after)?;
    }
    match cx.ui.json {
        true => cx
            .ui
            .document(&document(&session, &advice, total, (&money, applied))),
        false => say(cx, args, &advice, total, (&money, applied)),
    }
    Ok(Exit::Done)
}

/// What was measured in the last days, of what exists.
async fn week(session: &Session, file: &StackFile) -> Result<Week, CommandError> {
    let live = session.look().await?;
    let known: BTreeMap<Address, Outputs> = live
        .objects
        .into_iter()
        .map(|object| (object.address, object.outputs))
        .collect();
    let lookup = |reference: &Reference| {
        let outputs = known.get(&reference.address)?;
        outputs.get(&reference.output).cloned()
    };
    let mut signals = Vec::new();
    let mut series = Vec::new();
    for one in watched(&file.loaded.stack) {
        let resolved = one.dimensions.iter().map(|(name, value)| {
            let value = resolve(&Value::from(value.as_str()), &lookup);
            let text = value.as_str().filter(|_| !is_unresolved(&value))?;
            Some(((*name).to_owned(), text.to_owned()))
        });
        let Some(dimensions) = resolved.collect::<Option<Vec<_>>>() else {
            continue;
        };
        signals.push(one.signal);
        series.push(Series {
            namespace: one.namespace.to_owned(),
            metric: one.metric.to_owned(),
            statistic: one.statistic.to_owned(),
            dimensions,
        });
    }
    let period = i32::try_from(PERIOD_SECONDS).unwrap_or(i32::MAX);
    let end = jiff::Timestamp::now().as_second() / PERIOD_SECONDS * PERIOD_SECONDS;
    let window = (end - DAYS * 86_400, end);
    let found = measured::read(&session.aws, &series, window, period).await?;
    let mut week = Week::default();
    for (signal, values) in signals.into_iter().zip(found) {
        for (at, value) in values {
            week.add(signal, at, value);
        }
    }
    Ok(week)
}

fn rewritten(text: &str, changes: &[Change]) -> Result<String, CommandError> {
    changes
        .iter()
        .try_fold(text.to_owned(), |text, change| {
            edited(&text, &change.key, &change.to)
        })
        .map_err(|error| CommandError::new(Exit::Failed, error.to_string()))
}

/// How much cheaper the stack is with this text of its file; every check of a stack file holds for it.
fn saving(file: &StackFile, now: &Money, text: &str) -> Result<Decimal, CommandError> {
    let then = Money::of(&file.with_text(text)?)?;
    Ok(now.usd() - then.usd())
}

/// The whole file or nothing: written beside it, and moved into its place.
fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    let failed = |err: io::Error| {
        CommandError::new(Exit::Failed, format!("writing {}: {err}", path.display()))
            .hint("without --apply the advice is shown and nothing is written")
    };
    let path = path.canonicalize().map_err(failed)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    written.map_err(failed)
}

fn unreadable(path: &Path, err: &io::Error) -> CommandError {
    CommandError::new(Exit::Usage, format!("reading {}: {err}", path.display()))
}

fn document(
    session: &Session,
    advice: &[Advice],
    total: Decimal,
    (money, applied): (&Money, bool),
) -> Value {
    let usd = |amount: Decimal| number(cents(amount));
    let parts = advice.iter().map(|one| {
        let mut part = json!(one.finding);
        part["saves_usd"] = json!(one.saves.and_then(usd));
        part
    });
    json!({
        "stack": session.stack,
        "region": session.region,
        "days": DAYS,
        "parts": parts.collect::<Vec<_>>(),
        "saves_usd": usd(total),
        "life_hours": money.scenario.life_hours.and_then(number),
        "applied": applied,
    })
}

fn say(
    cx: &Context,
    args: &Args,
    advice: &[Advice],
    total: Decimal,
    (money, applied): (&Money, bool),
) {
    let span = match money.scenario.life_hours {
        None => "/month",
        Some(_) => " in its life",
    };
    let rows: Vec<Vec<String>> = advice.iter().map(|one| row(one, span)).collect();
    cx.ui
        .data(&table(&["PART", "NOW", "ADVICE", "MONEY"], &rows));
    for Advice { finding, .. } in advice {
        cx.ui.data(&format!("{}: {}", finding.part, finding.why));
        if let (Some(ran), Some(out)) = (finding.hours, finding.left_out()) {
            cx.ui.data(&format!(
                "  ran {ran} h of {} h; {out} h without data are left out",
                ran + out
            ));
        }
        if let Some(risk) = &finding.risk {
            cx.ui.data(&format!("  risk: {risk}"));
        }
    }
    if advice.iter().all(|one| one.finding.changes.is_empty()) {
        cx.ui.note("\nnothing to change");
        return;
    }
    cx.ui.data(&format!("together: {}", amount(total, span)));
    let plan = command(cx, "plan", &args.stack);
    cx.ui.note(&match applied {
        true => format!(
            "\nwrote it to {}, which is valid\nNext:\n  {plan}",
            args.stack
        ),
        false => format!(
            "\nNext, to write it to the file:\n  {} --apply",
            command(cx, "cost rightsize", &args.stack)
        ),
    });
}

fn row(one: &Advice, span: &str) -> Vec<String> {
    let finding = &one.finding;
    let changes = finding.changes.iter().map(|change| {
        let plain = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        format!(
            "{}: {} (was {})",
            change.key,
            plain(&change.to),
            plain(&change.from)
        )
    });
    let advice = match finding.changes.is_empty() {
        true => finding.verdict.to_string(),
        false => changes.collect::<Vec<_>>().join(", "),
    };
    vec![
        finding.part.to_string(),
        finding.size.clone(),
        advice,
        one.saves.map_or_else(String::new, |usd| amount(usd, span)),
    ]
}

fn amount(saves: Decimal, span: &str) -> String {
    let usd = cents(saves.abs());
    match saves.is_sign_negative() {
        true => format!("${usd:.2}{span} more"),
        false => format!("${usd:.2}{span} less"),
    }
}
