//! What the stack's scaling would do, before it is paid for.

use std::fs;
use std::path::{Path, PathBuf};

use bella_scaling::{Outcome, Trace, simulate};
use clap::{Args as ClapArgs, Subcommand};

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::money::Money;
use crate::render::scaling;
use crate::target::StackFile;

/// How many tasks a load would have, what callers would wait, and what it would cost.
///
/// Example: bella scaling simulate stacks/prod.yaml
#[derive(ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Play months of calls against the stack file's scaling and against three others; asks nobody.
    ///
    /// Without options: 1,000, 10,000 and 100,000 calls a month, and 10,000 with a spike.
    ///
    /// Example: bella scaling simulate stacks/prod.yaml --calls-per-month 25000
    Simulate(Simulate),
}

#[derive(ClapArgs)]
struct Simulate {
    /// Stack file.
    stack: String,
    /// Calls of a month, by weekday and hour as an office gets them; may be repeated.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    calls_per_month: Vec<u32>,
    /// Calls that were recorded: a file with one number a line, the calls that start in a minute.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

/// Calls a minute more, in the spike.
const SPIKE: u32 = 60;

/// A policy under a trace.
pub(crate) struct Judgement {
    pub(crate) trace: Trace,
    /// By policy, in the order of [`bella_stack::judged`]: its name, what came of it, US dollars for the trace.
    pub(crate) policies: Vec<(&'static str, Outcome, rust_decimal::Decimal)>,
}

pub(crate) fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let Action::Simulate(args) = &args.action;
    let file = StackFile::named(&args.stack)?;
    let stack = &file.loaded.stack;
    let hour = Money::of(&file)?.task_hour_usd();
    let task = bella_stack::task(stack);
    let policies = bella_stack::judged(stack);
    let judged = traces(args)?.into_iter().map(|trace| Judgement {
        policies: policies
            .iter()
            .map(|one| {
                let outcome = simulate(&trace, &task, &one.policy, one.bounds);
                let usd = Money::of_hours(hour, outcome.task_hours);
                (one.name, outcome, usd)
            })
            .collect(),
        trace,
    });
    let judged: Vec<Judgement> = judged.collect();
    match cx.ui.json {
        true => cx.ui.document(&scaling::document(stack, hour, &judged)),
        false => cx.ui.data(&scaling::text(stack, hour, &judged)),
    }
    Ok(Exit::Done)
}

fn traces(args: &Simulate) -> Result<Vec<Trace>, CommandError> {
    let mut traces: Vec<Trace> = args
        .calls_per_month
        .iter()
        .map(|calls| Trace::month(*calls))
        .collect();
    if let Some(path) = &args.trace {
        traces.push(recorded(path)?);
    }
    if traces.is_empty() {
        traces.extend([1_000, 10_000, 100_000].map(Trace::month));
        traces.push(Trace::month(10_000).with_spike(SPIKE));
    }
    Ok(traces)
}

fn recorded(path: &Path) -> Result<Trace, CommandError> {
    let refusal = |why: String| CommandError::usage(format!("--trace {}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|err| refusal(err.to_string()))?;
    Trace::parse(&path.display().to_string(), &text).map_err(|err| refusal(err.to_string()))
}
