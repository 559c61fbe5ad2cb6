//! One stack's part.

use std::cmp::Reverse;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Section, fine, or_dash, quantity, usd};
use crate::reconcile::{Agreement, TARGET_PERCENT};
use crate::report::{StackLine, Status};
use crate::variable::TARGET_USD;

/// A stack's row in the table of stacks.
pub(in crate::report) fn summary(line: &StackLine) -> Vec<String> {
    vec![
        line.stack.clone(),
        line.environment.clone(),
        usd(line.budget_usd),
        usd(line.estimate_usd),
        usd(line.accrued_usd),
        or_dash(line.billed_usd, usd),
        usd(line.forecast_usd),
        usd(line.variance_usd()),
        format!("{}%", line.variance_percent()),
        status(line),
    ]
}

/// What a reader has to see first.
fn status(line: &StackLine) -> String {
    let word = line.status().to_string();
    match line.status() {
        Status::Over | Status::WillBeOver => word.to_uppercase(),
        Status::Near | Status::Within => word,
    }
}

/// Of `length` cells of a bar that is the budget: those spent, those expected on top, and whether it goes beyond.
pub(in crate::report) fn bar_parts(line: &StackLine, length: usize) -> (usize, usize, bool) {
    let spent = line.accrued_usd.max(line.billed_usd.unwrap_or_default());
    let cells = |amount: Decimal| {
        let share = amount.checked_div(line.budget_usd).unwrap_or_default();
        (share * Decimal::from(length))
            .round()
            .to_usize()
            .unwrap_or(0)
    };
    let forecast = cells(line.forecast_usd);
    let spent = cells(spent).min(length);
    (
        spent,
        forecast.min(length).saturating_sub(spent),
        line.forecast_usd > line.budget_usd,
    )
}

/// Everything that is known of one stack; what there is nothing of is left out.
pub(in crate::report) fn of_stack(line: &StackLine) -> Vec<Section> {
    let all = [
        forecasts(line),
        bridge(line),
        components(line),
        reconciliation(line),
        calls(line),
        assumptions(line),
    ];
    all.into_iter()
        .filter(|section| !section.is_empty())
        .collect()
}

fn forecasts(line: &StackLine) -> Section {
    let mut section = Section::new("Forecasts of the month", &["Way", "#Forecast"]);
    let ways = [
        (
            "what accrued, and the hours that schedule and end leave",
            line.forecast.scheduled,
        ),
        ("as much an hour as so far", line.forecast.straight_line),
    ];
    section.rows = ways
        .into_iter()
        .filter_map(|(way, usd_)| Some(vec![way.to_owned(), usd(usd_?)]))
        .collect();
    section
}

fn bridge(line: &StackLine) -> Section {
    let mut section = Section::new("From budget to forecast", &["Step", "#US dollars"]);
    let steps = line
        .bridge
        .iter()
        .filter(|step| !bella_engine::cost::cents(step.usd).is_zero());
    section
        .rows
        .push(vec!["budget".to_owned(), usd(line.budget_usd)]);
    section
        .rows
        .extend(steps.map(|step| vec![step.why.as_str().to_owned(), usd(step.usd)]));
    section
        .totals
        .push(vec!["forecast".to_owned(), usd(line.forecast_usd)]);
    section
}

fn components(line: &StackLine) -> Section {
    let names = [
        "Object",
        "Component",
        "#Quantity",
        "Unit",
        "#Price",
        "#Cost",
        "Source",
        "As of",
        "Doubt",
    ];
    let mut section = Section::new("What accrued", &names);
    let mut all: Vec<_> = line.components.iter().collect();
    all.sort_by_key(|one| Reverse(one.usd));
    section.rows = all
        .iter()
        .map(|one| {
            vec![
                one.address.clone(),
                one.component.clone(),
                quantity(one.quantity),
                one.unit.clone(),
                format!("${}", one.unit_usd.normalize()),
                fine(one.usd),
                one.source.clone(),
                one.as_of.clone().unwrap_or_else(|| "undated".to_owned()),
                one.doubt(),
            ]
        })
        .collect();
    if !section.rows.is_empty() {
        let mut total = vec![String::new(); names.len()];
        total[0] = "total".to_owned();
        total[5] = usd(line.accrued_usd);
        section.totals.push(total);
    }
    section
}

fn reconciliation(line: &StackLine) -> Section {
    let names = [
        "Usage type",
        "#Metered",
        "#Billed",
        "#Difference",
        "Verdict",
    ];
    let mut section = Section::new("Meter and bill", &names);
    section.lead =
        format!("Over the days that are billed to their end; {TARGET_PERCENT}% is the target.");
    section.rows = line
        .reconciliation
        .iter()
        .map(|one| {
            vec![
                one.usage_type.clone(),
                or_dash(one.metered, fine),
                or_dash(one.billed, fine),
                or_dash(one.percent, |percent| format!("{percent}%")),
                match one.agreement {
                    Agreement::Within => "within",
                    Agreement::Beyond => "BEYOND",
                    Agreement::NotMetered => "no meter measures it",
                    Agreement::NotBilled => "not billed yet",
                }
                .to_owned(),
            ]
        })
        .collect();
    section
}

fn calls(line: &StackLine) -> Section {
    let names = ["Service", "#Quantity", "Unit", "#Price", "#Cost"];
    let mut section = Section::new("What calls came to", &names);
    let Some(calls) = &line.calls else {
        return section;
    };
    section.rows = calls
        .charges
        .iter()
        .map(|charge| {
            vec![
                charge.service.clone(),
                quantity(charge.quantity),
                charge.unit.clone(),
                format!("${}", charge.unit_usd.normalize()),
                usd(charge.usd),
            ]
        })
        .collect();
    section.totals.push(
        ["total", "", "", "", &usd(calls.usd)]
            .map(str::to_owned)
            .to_vec(),
    );
    if !calls.unknown.is_empty() {
        let unknown = calls.unknown.join(", ");
        section.notes.push(format!(
            "Not in the total, as nobody counted them: {unknown}."
        ));
    }
    section.notes.push(format!(
        "A call: {}. A confirmed booking: {}; with the infrastructure {}, against a target of {}.",
        or_dash(calls.per_call, fine),
        or_dash(calls.per_booking, fine),
        or_dash(calls.per_booking_with_infrastructure, fine),
        fine(TARGET_USD)
    ));
    if let Some(gap) = calls.gap_usd.filter(|gap| *gap > Decimal::ZERO) {
        section.notes.push(format!(
            "That is {} over the target. What would be saved a booking:",
            fine(gap)
        ));
        section.notes.extend(calls.levers.iter().map(|lever| {
            let closes = if lever.closes {
                ", which closes the gap"
            } else {
                ""
            };
            format!("{}: {}{closes}", fine(lever.saves_usd), lever.what)
        }));
    }
    section
}

fn assumptions(line: &StackLine) -> Section {
    Section {
        title: "What the estimate assumes".to_owned(),
        notes: line.assumptions.clone(),
        ..Section::default()
    }
}
