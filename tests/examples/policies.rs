//! Times what policies cost: parsing the shipped rules, and judging stacks' plans from nothing, of which every object is a change.
//!
//! `policies STACK-FILE…`; prints the median of 51 runs, and the slowest.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints figures"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bella_aws::kinds::KINDS;
use bella_engine::graph::Graph;
use bella_engine::live::Live;
use bella_engine::planner::{Request, plan};
use bella_engine::resource::{Disposition, find_kind};
use bella_policy::{Document, Facts, Operation, PolicySet};
use bella_stack::{Disk, Loader, blueprint_running, tags};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// Stands for the image that runs.
const IMAGE: &str = "registry.bella.example/service@sha256:0";
const RUNS: usize = 51;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: policies STACK-FILE…");
        return ExitCode::FAILURE;
    }
    let parsing = timed(|| {
        PolicySet::new(&[])
            .map(|_| ())
            .map_err(|err| err.to_string())
    });
    let told = files.iter().map(|file| judged(Path::new(file)));
    let told: Result<Vec<String>, String> = told.collect();
    match (parsing, told) {
        (Ok(parsing), Ok(told)) => {
            println!("parsing the shipped policies: {parsing}");
            println!("{}", told.join("\n"));
            ExitCode::SUCCESS
        }
        (Err(why), _) | (_, Err(why)) => {
            eprintln!("policies: {why}");
            ExitCode::FAILURE
        }
    }
}

fn judged(path: &Path) -> Result<String, String> {
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.kind()).collect();
    let loaded = Loader::new(&Disk).with_kinds(&kinds).load(path);
    let stack = loaded.map_err(|err| err.to_string())?.stack;
    let nodes = blueprint_running(&stack, Some(IMAGE)).into_iter();
    let declared = nodes.map(|node| (node.address, node.properties));
    let graph = Graph::new(KINDS, declared).map_err(|err| format!("{err:?}"))?;
    let tags = tags(&stack);
    let plan = plan(&Request {
        catalog: KINDS,
        graph: &graph,
        live: &Live::default(),
        applied: None,
        tags: &tags,
        unprotect: &BTreeSet::new(),
        keep_copies: false,
        moved: &BTreeMap::new(),
    });
    let plan = plan.map_err(|err| format!("{err:?}"))?;
    let facts = Facts {
        stack: &stack,
        tags: &tags,
        graph: &graph,
        plan: Some(&plan),
        deltas: &[],
        monthly_usd: Decimal::ZERO,
        operation: Operation::Provision,
        rehearsal: false,
        now: Timestamp::now(),
        holds_data: &|kind| {
            let kind = find_kind(KINDS, kind);
            kind.is_some_and(|kind| kind.disposition() == Disposition::DataStore)
        },
    };
    let rules = PolicySet::of_shipped();
    let exceptions = &stack.policy.exceptions;
    let took = timed(|| {
        let verdicts = rules.judge(&Document::of(&facts), exceptions);
        verdicts.map(|_| ()).map_err(|err| err.to_string())
    })?;
    let changes = plan.changes.len();
    Ok(format!("{}, {changes} changes: {took}", stack.stack))
}

fn timed(run: impl Fn() -> Result<(), String>) -> Result<String, String> {
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        run()?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let (median, slowest) = (took[RUNS / 2], took[RUNS - 1]);
    Ok(format!("{median:.1?}, at most {slowest:.1?}"))
}
