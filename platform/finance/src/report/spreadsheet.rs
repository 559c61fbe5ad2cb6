//! One tidy table for spreadsheets: a row a figure.
//!
//! Every row says its section, so that a pivot table or a filter finds what belongs together. Amounts are plain numbers without
//! separators of thousands: four decimals in lines, two in totals, and a row `rounding` that makes the lines sum to the total exactly.
//! The account's number is written `aws:012345678901`, since spreadsheets drop zeros in front of what looks like a number.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Report, StackLine};
use crate::finding::About;

/// A row; empty cells are figures that do not exist.
#[derive(Default, Serialize)]
struct Row {
    section: &'static str,
    month: String,
    account: String,
    stack: String,
    environment: String,
    region: String,
    owner: String,
    cost_center: String,
    item: String,
    usage_type: String,
    quantity: String,
    unit: String,
    unit_usd: String,
    usd: String,
    source: String,
    as_of: String,
    confidence: String,
    note: String,
}

/// The report as CSV (RFC 4180), UTF-8 without a byte-order mark.
///
/// Text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection"); negative amounts stay numbers.
///
/// # Errors
/// None that is known of: writing into memory does not fail.
pub fn csv(report: &Report) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows(report) {
        writer.serialize(row)?;
    }
    let bytes = writer.into_inner().map_err(|err| err.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text as a cell that no spreadsheet calculates.
#[must_use]
pub fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// An amount of a line.
fn line(usd: Decimal) -> String {
    format!("{:.4}", usd.round_dp(4))
}

/// An amount of a total.
fn total(usd: Decimal) -> String {
    format!("{:.2}", bella_engine::cost::cents(usd))
}

fn rows(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    for stack in &report.stacks {
        rows.extend(of_stack(report, stack));
    }
    rows.extend(of_account(report));
    rows
}

impl Row {
    fn of(report: &Report, section: &'static str, item: &str) -> Self {
        Self {
            section,
            month: report.month.clone(),
            account: format!("aws:{}", report.account_id),
            item: guarded(item),
            ..Self::default()
        }
    }

    fn about(report: &Report, stack: &StackLine, section: &'static str, item: &str) -> Self {
        Self {
            stack: guarded(&stack.stack),
            environment: guarded(&stack.environment),
            region: guarded(&stack.region),
            owner: guarded(&stack.owner),
            cost_center: guarded(&stack.cost_center),
            ..Self::of(report, section, item)
        }
    }

    fn usd(mut self, usd: String) -> Self {
        self.usd = usd;
        self
    }

    fn note(mut self, note: &str) -> Self {
        self.note = guarded(note);
        self
    }
}

fn of_stack(report: &Report, stack: &StackLine) -> Vec<Row> {
    let row = |section, item: &str| Row::about(report, stack, section, item);
    let sum = |item: &str, usd: Decimal| row("total", item).usd(total(usd));
    let mut rows = vec![
        sum("budget", stack.budget_usd),
        sum("estimate", stack.estimate_usd),
        sum("accrued", stack.accrued_usd),
        sum("forecast", stack.forecast_usd),
        sum("variance", stack.variance_usd()).note(&format!(
            "budget less forecast; {}% of the budget; {}",
            stack.variance_percent(),
            stack.status()
        )),
    ];
    rows.extend(stack.billed_usd.map(|usd| sum("billed", usd)));
    rows.extend(stack.effective_usd.map(|usd| sum("effective", usd)));
    for one in &stack.components {
        rows.push(Row {
            usage_type: guarded(&one.usage_type),
            quantity: one.quantity.normalize().to_string(),
            unit: guarded(&one.unit),
            unit_usd: one.unit_usd.normalize().to_string(),
            usd: line(one.usd),
            source: guarded(&one.source),
            as_of: one.as_of.clone().unwrap_or_default(),
            confidence: guarded(&one.confidence),
            note: one.doubt(),
            ..row("component", &format!("{} {}", one.address, one.component))
        });
    }
    let lines = stack.components.iter().map(|one| one.usd.round_dp(4));
    let rest = bella_engine::cost::cents(stack.accrued_usd) - lines.sum::<Decimal>();
    rows.push(row("rounding", "accrued less its components").usd(line(rest)));
    for step in &stack.bridge {
        rows.push(row("bridge", step.why.as_str()).usd(line(step.usd)));
    }
    for one in &stack.reconciliation {
        let percent = one
            .percent
            .map(|percent| format!("the meter is {percent}% off the bill"));
        for (item, usd) in [("metered", one.metered), ("billed", one.billed)] {
            let Some(usd) = usd else { continue };
            rows.push(Row {
                usage_type: guarded(&one.usage_type),
                usd: line(usd),
                note: percent.clone().unwrap_or_default(),
                ..row("reconciliation", item)
            });
        }
    }
    for one in &stack.idle {
        let note = format!("{} since {}", one.why.as_str(), one.since);
        rows.push(
            row("idle", &one.address.to_string())
                .usd(line(one.wasted_usd))
                .note(&note),
        );
    }
    if let Some(calls) = &stack.calls {
        for charge in &calls.charges {
            rows.push(Row {
                quantity: charge.quantity.normalize().to_string(),
                unit: guarded(&charge.unit),
                unit_usd: charge.unit_usd.normalize().to_string(),
                usd: line(charge.usd),
                ..row("calls", &charge.service)
            });
        }
        let unit_costs = [
            ("a call", calls.per_call),
            ("a confirmed booking", calls.per_booking),
            (
                "a confirmed booking with infrastructure",
                calls.per_booking_with_infrastructure,
            ),
        ];
        for (item, usd) in unit_costs {
            rows.extend(usd.map(|usd| row("unit cost", item).usd(line(usd))));
        }
    }
    for saving in &stack.savings {
        let note = if saving.is_done { "done" } else { "possible" };
        rows.push(
            row("saving", &saving.what)
                .usd(line(saving.monthly_usd))
                .note(note),
        );
    }
    let overrides = stack.overrides.iter();
    rows.extend(overrides.map(|one| row("override", &one.by).note(&one.to_string())));
    rows
}

fn of_account(report: &Report) -> Vec<Row> {
    let row = |section, item: &str| Row::of(report, section, item);
    let mut rows = Vec::new();
    let shares = [
        ("owner", &report.allocation.by_owner),
        ("cost centre", &report.allocation.by_cost_center),
    ];
    for (by, shares) in shares {
        for share in shares {
            let mut direct = row("allocation", by)
                .usd(line(share.direct_usd))
                .note("direct");
            let mut shared = row("allocation", by)
                .usd(line(share.shared_usd))
                .note("shared");
            for one in [&mut direct, &mut shared] {
                match by {
                    "owner" => one.owner = guarded(&share.name),
                    _ => one.cost_center = guarded(&share.name),
                }
            }
            rows.extend([direct, shared]);
        }
    }
    for one in &report.anomalies {
        rows.push(Row {
            stack: guarded(one.stack.as_deref().unwrap_or_default()),
            usage_type: guarded(&one.usage_type),
            usd: line(one.excess_usd()),
            as_of: one.day.to_string(),
            note: format!(
                "${} on a day of usually ${}",
                line(one.usd),
                line(one.usual_usd)
            ),
            ..row("anomaly", "above the usual")
        });
    }
    if let Some(account) = &report.account {
        let sums = &account.sums;
        let figures = [
            ("use", sums.run_rate),
            ("use without a stack's tag", account.untagged_usd),
            ("credits", sums.credits),
            ("refunds", sums.refunds),
            ("tax", sums.tax),
            ("net", sums.net()),
        ];
        rows.extend(figures.map(|(item, usd)| row("account", item).usd(total(usd))));
    }
    rows.push(row("account", "Cost Explorer requests of 24 hours").usd(total(report.asking.usd)));
    for finding in &report.findings {
        let section = match finding.about {
            About::Unpriced => "not priced",
            _ => "finding",
        };
        rows.push(row(section, &finding.subject).note(&finding.text));
    }
    rows
}
