//! How long it takes to judge the bills of a large estate, and in how much memory.
//!
//! 200 stacks with 15 usage types: two years by the month, the last 60 days by the day, read from
//! JSON as a cache has it, summed up by stack and month, and every day of the running month held to
//! the days before. `cargo run --release -p bella-finance --example estate`

#![allow(clippy::print_stdout, reason = "a program of its own")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use bella_finance::anomaly::anomalies;
use bella_finance::bill::{Archive, Fetch, Line, Record, Sums};
use bella_finance::windows::{Granularity, Window, history};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

const STACKS: usize = 200;
const USAGE_TYPES: usize = 15;
const MONTHS: u32 = 24;
const DAYS: i64 = 60;

/// Writes the cache, and has a process of its own read it, so that its memory alone is measured.
fn main() -> Result<(), Box<dyn Error>> {
    let today: Date = "2026-11-23".parse()?;
    if let Some(folder) = std::env::args().nth(1) {
        return judged(Path::new(&folder), today);
    }
    let folder = std::env::temp_dir().join(format!("bella-estate-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (months, days) = written(today)?;
    std::fs::write(folder.join("months.json"), months)?;
    std::fs::write(folder.join("days.json"), days)?;
    let reader = Command::new(std::env::current_exe()?).arg(&folder).status();
    std::fs::remove_dir_all(&folder)?;
    match reader?.success() {
        true => Ok(()),
        false => Err("the cache was not judged".into()),
    }
}

fn judged(folder: &Path, today: Date) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let open = |name: &str| File::open(folder.join(name)).map(BufReader::new);
    let by_month: BTreeMap<(Option<String>, Date), Sums> = {
        let lines: Vec<Line> = serde_json::from_reader(open("months.json")?)?;
        let parts = lines.chunk_by(|one, other| one.stack == other.stack && one.day == other.day);
        parts
            .map(|part| ((part[0].stack.clone(), part[0].day), part.iter().collect()))
            .collect()
    };
    let archive: Archive = serde_json::from_reader(open("days.json")?)?;
    let read = began.elapsed();
    let total: Decimal = by_month.values().map(Sums::net).sum();
    let month = Window::new(today.first_of_month(), today)?;
    let recent = Window::new(today.saturating_sub(jiff::Span::new().days(DAYS)), today)?;
    let lines = archive.lines(recent).count();
    let (found, _) = anomalies(archive.lines(recent), recent.start(), month);
    let all = began.elapsed();
    println!(
        "{MONTHS} months of {STACKS} stacks (${total:.2}) and {lines} lines of days: read in {} ms, judged in {} ms, \
         {} anomalies; peak {}",
        read.as_millis(),
        (all - read).as_millis(),
        found.len(),
        peak()?,
    );
    Ok(())
}

/// The two parts of a cache.
fn written(today: Date) -> Result<(Vec<u8>, Vec<u8>), Box<dyn Error>> {
    let mut months = Vec::new();
    for (window, granularity) in history(today, MONTHS)? {
        let firsts = window.days().filter(|day| day.day() == 1);
        let days = if granularity == Granularity::Daily {
            1
        } else {
            30
        };
        months.extend(firsts.flat_map(|day| lines(day, days)));
    }
    let recent = Window::new(today.saturating_sub(jiff::Span::new().days(DAYS)), today)?;
    let mut archive = Archive::default();
    archive.import(Fetch {
        at: TimeZone::UTC.to_timestamp(today.at(6, 0, 0, 0))?,
        window: recent,
        lines: recent.days().flat_map(|day| lines(day, 1)).collect(),
    })?;
    Ok((serde_json::to_vec(&months)?, serde_json::to_vec(&archive)?))
}

fn lines(day: Date, days: i64) -> impl Iterator<Item = Line> {
    let each = (0..STACKS).flat_map(|stack| (0..USAGE_TYPES).map(move |of| (stack, of)));
    each.map(move |(stack, of)| {
        // One usage type of every twentieth stack costs ten times as much on one day.
        let wrong = stack % 20 == 0 && of == 3 && day.day() == 17 && days == 1;
        let usd = Decimal::from(1 + of) / Decimal::TEN;
        let usd = usd * Decimal::from(if wrong { 10 } else { days });
        Line {
            day,
            service: None,
            usage_type: format!("CAN1-Usage-Type-{of}:db.t4g.micro"),
            stack: Some(format!("booking-{stack}")),
            record: Record::Usage,
            unblended: usd,
            amortized: usd,
            quantity: Decimal::from(24 * days),
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
