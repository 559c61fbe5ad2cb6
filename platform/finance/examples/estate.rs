//! How long a report of a large estate takes, and in how much memory.
//!
//! 200 stacks with 15 usage types, two years of bills as they are kept: months that are long over as one, the last two months by the day.
//! Read from JSON, judged, summed up by stack, drawn up and printed. `cargo run --release -p bella-finance --example estate`

#![allow(clippy::print_stdout, reason = "a program of its own")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bella_finance::anomaly::{Anomaly, anomalies};
use bella_finance::bill::{Archive, Fetch, Line, Record};
use bella_finance::forecast::Rates;
use bella_finance::meter::Meter;
use bella_finance::report::{Allocation, Asking, Estate, Report, StackLine, StackMonth, text};
use bella_finance::windows::Window;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

const STACKS: usize = 200;
const USAGE_TYPES: usize = 15;
const MONTHS: i32 = 24;
const DAYS: i64 = 62;

/// Writes the cache, and has a process of its own read it, so that its memory alone is measured.
fn main() -> Result<(), Box<dyn Error>> {
    let today: Date = "2026-11-23".parse()?;
    if let Some(folder) = std::env::args().nth(1) {
        return judged(Path::new(&folder), today);
    }
    let folder = std::env::temp_dir().join(format!("bella-estate-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("bills.json"), written(today)?)?;
    let reader = Command::new(std::env::current_exe()?).arg(&folder).status();
    std::fs::remove_dir_all(&folder)?;
    match reader?.success() {
        true => Ok(()),
        false => Err("the cache was not judged".into()),
    }
}

fn judged(folder: &Path, today: Date) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let file = File::open(folder.join("bills.json")).map(BufReader::new)?;
    let archive: Archive = serde_json::from_reader(file)?;
    let read = began.elapsed();
    let month = Window::new(today.first_of_month(), today.tomorrow()?)?;
    let since = archive.daily_since().ok_or("there are no days")?;
    let recent = Window::new(since, month.end())?;
    let (found, _) = anomalies(archive.costs(recent), since, month);
    let now = TimeZone::UTC.to_timestamp(today.at(12, 0, 0, 0))?;
    let mut own: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    let lines: Vec<Line> = archive.lines(month).collect();
    for line in &lines {
        own.entry(line.stack.as_deref().unwrap_or_default())
            .or_default()
            .push(line);
    }
    let stacks = own
        .into_iter()
        .map(|(stack, bill)| stack_line(stack, bill, (month, now)));
    let stacks: Vec<StackLine> = stacks.collect();
    let text = text(&report(stacks, found, now));
    println!(
        "{MONTHS} months of {STACKS} stacks: read in {} ms, {} lines drawn up in {} ms; peak {}",
        read.as_millis(),
        text.lines().count(),
        (began.elapsed() - read).as_millis(),
        peak()?,
    );
    Ok(())
}

fn stack_line(stack: &str, bill: Vec<&Line>, (window, now): (Window, Timestamp)) -> StackLine {
    let budget_usd = Decimal::from(400);
    let figures = StackMonth {
        window,
        meter: Meter {
            lives: &[],
            prices: &[],
            now,
        },
        bill: Some(bill),
        estimate: &[],
        budget_usd,
        rates: Rates::default(),
        ahead: Vec::new(),
        ends: None,
    }
    .figures();
    StackLine {
        stack: stack.to_owned(),
        environment: "development".to_owned(),
        region: "ca-central-1".to_owned(),
        owner: "platform@bella.example".to_owned(),
        cost_center: "booking".to_owned(),
        budget_usd,
        estimate_usd: budget_usd,
        accrued_usd: figures.metered.usd(),
        billed_usd: figures.billed_usd,
        effective_usd: figures.effective_usd,
        forecast: figures.forecast,
        forecast_usd: figures.forecast_usd,
        bridge: figures.bridge,
        components: figures.components,
        reconciliation: figures.reconciliation,
        series: figures.series,
        idle: Vec::new(),
        calls: None,
        savings: Vec::new(),
        overrides: Vec::new(),
        assumptions: Vec::new(),
    }
}

fn report(stacks: Vec<StackLine>, anomalies: Vec<Anomaly>, now: Timestamp) -> Report {
    Report {
        month: "2026-11".to_owned(),
        account_id: "123456789012".to_owned(),
        as_of: now,
        billed_as_of: Some(now),
        is_estimated: true,
        prices_as_of: None,
        currency: "USD".to_owned(),
        environments: [("development".to_owned(), Estate::of(&stacks))].into(),
        estate: Estate::of(&stacks),
        allocation: Allocation::of(&stacks, None),
        anomalies,
        account: None,
        cost_explorer_forecast: None,
        asking: Asking::default(),
        findings: Vec::new(),
        stacks,
        lines: Vec::new(),
    }
}

/// What is kept of two years.
fn written(today: Date) -> Result<Vec<u8>, Box<dyn Error>> {
    let start = today
        .first_of_month()
        .saturating_sub(jiff::Span::new().months(MONTHS));
    let window = Window::new(start, today)?;
    let mut archive = Archive::default();
    archive.import(Fetch {
        at: TimeZone::UTC.to_timestamp(today.at(6, 0, 0, 0))?,
        window,
        lines: window.days().flat_map(lines).collect(),
    })?;
    archive.fold(today.saturating_sub(jiff::Span::new().days(DAYS)));
    Ok(serde_json::to_vec(&archive)?)
}

fn lines(day: Date) -> impl Iterator<Item = Line> {
    let each = (0..STACKS).flat_map(|stack| (0..USAGE_TYPES).map(move |of| (stack, of)));
    each.map(move |(stack, of)| {
        // One usage type of every twentieth stack costs ten times as much on one day.
        let wrong = stack % 20 == 0 && of == 3 && day.day() == 17;
        let usd = Decimal::from(1 + of) / Decimal::TEN;
        let usd = usd * Decimal::from(if wrong { 10 } else { 1 });
        Line {
            day,
            service: None,
            usage_type: format!("CAN1-Usage-Type-{of}:db.t4g.micro"),
            stack: Some(format!("booking-{stack}")),
            record: Record::Usage,
            unblended: usd,
            amortized: usd,
            quantity: Decimal::from(24),
            unit: "Hrs".to_owned(),
            currency: "USD".to_owned(),
            estimated: false,
        }
    })
}

/// The most memory this process ever had.
fn peak() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}
