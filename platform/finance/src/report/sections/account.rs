//! What concerns all stacks, and the account.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::stack::summary;
use super::{Section, fine, or_dash, usd};
use crate::bridge::Why;
use crate::finding::About;
use crate::report::{Estate, Report, Share};

/// Month, account and when each figure was true, in a line each.
pub(in crate::report) fn headline(report: &Report) -> Vec<String> {
    let mut lines = vec![format!(
        "Account {}, metered up to {}.",
        report.account_id,
        report.as_of.strftime("%Y-%m-%d %H:%M UTC")
    )];
    lines.push(match report.billed_as_of {
        Some(at) => format!(
            "Billed by Cost Explorer as of {}{}; {} requests in 24 hours, {}.",
            at.strftime("%Y-%m-%d %H:%M UTC"),
            if report.is_estimated {
                ", some days of it still estimates"
            } else {
                ""
            },
            report.asking.in_a_day,
            usd(report.asking.usd)
        ),
        None => "Nothing is known of the bill.".to_owned(),
    });
    if let Some((oldest, latest)) = &report.prices_as_of {
        lines.push(format!("Prices were read between {oldest} and {latest}."));
    }
    lines.push(format!(
        "{} at list prices, before tax and credits; days are UTC's.",
        report.currency
    ));
    lines
}

/// The table of stacks with its sums, and what concerns all of them.
pub(in crate::report) fn estate(report: &Report) -> Vec<Section> {
    let all = [
        stacks(report),
        bridge(report),
        allocation(report),
        anomalies(report),
        idle(report),
        savings(report),
        overrides(report),
    ];
    all.into_iter()
        .filter(|section| !section.is_empty())
        .collect()
}

fn stacks(report: &Report) -> Section {
    let names = [
        "Stack",
        "Environment",
        "#Budget",
        "#Estimate",
        "#Accrued",
        "#Billed",
        "#Forecast",
        "#Variance",
        "#%",
        "Status",
    ];
    let mut section = Section::new("Stacks", &names);
    section.rows = report.stacks.iter().map(summary).collect();
    let environments = report.by_environment();
    if environments.len() > 1 {
        section
            .totals
            .extend(environments.into_iter().map(|(name, sums)| sum(name, sums)));
    }
    section.totals.push(sum("together", &report.estate));
    section
        .notes
        .push("Variance is budget less forecast: what is positive is left over.".to_owned());
    section
}

fn sum(name: &str, sums: &Estate) -> Vec<String> {
    let count = match sums.stacks {
        1 => "1 stack".to_owned(),
        count => format!("{count} stacks"),
    };
    let share = sums
        .variance_usd()
        .checked_div(sums.budget_usd)
        .unwrap_or_default();
    vec![
        name.to_owned(),
        count,
        usd(sums.budget_usd),
        usd(sums.estimate_usd),
        usd(sums.accrued_usd),
        or_dash(sums.billed_usd, usd),
        usd(sums.forecast_usd),
        usd(sums.variance_usd()),
        format!("{}%", (share * Decimal::ONE_HUNDRED).round_dp(1)),
        String::new(),
    ]
}

/// The stacks' bridges added up; of one stack it is its own.
fn bridge(report: &Report) -> Section {
    let mut section = Section::new(
        "From budget to forecast, all stacks",
        &["Step", "#US dollars"],
    );
    if report.stacks.len() < 2 {
        return section;
    }
    let mut sums: BTreeMap<Why, Decimal> = BTreeMap::new();
    for step in report.stacks.iter().flat_map(|line| &line.bridge) {
        *sums.entry(step.why).or_default() += step.usd;
    }
    section
        .rows
        .push(vec!["budgets".to_owned(), usd(report.estate.budget_usd)]);
    let steps = sums
        .iter()
        .filter(|(_, sum)| !bella_engine::cost::cents(**sum).is_zero());
    section
        .rows
        .extend(steps.map(|(why, sum)| vec![why.as_str().to_owned(), usd(*sum)]));
    section.totals.push(vec![
        "forecasts".to_owned(),
        usd(report.estate.forecast_usd),
    ]);
    section
}

fn allocation(report: &Report) -> Section {
    let mut section = Section::new(
        "Who pays",
        &["By", "Name", "#Direct", "#Shared", "#Together"],
    );
    let allocation = &report.allocation;
    section.lead = format!(
        "Direct is what was {}; {}.",
        allocation.basis, allocation.rule
    );
    let row = |by: &str, share: &Share| {
        vec![
            by.to_owned(),
            share.name.clone(),
            usd(share.direct_usd),
            usd(share.shared_usd),
            usd(share.direct_usd + share.shared_usd),
        ]
    };
    section
        .rows
        .extend(allocation.by_owner.iter().map(|share| row("owner", share)));
    section.rows.extend(
        allocation
            .by_cost_center
            .iter()
            .map(|share| row("cost centre", share)),
    );
    section
}

fn anomalies(report: &Report) -> Section {
    let names = [
        "Day",
        "Stack",
        "Usage type",
        "#That day",
        "#Usually",
        "#Above",
    ];
    let mut section = Section::new("Days that cost far more than usual", &names);
    section.rows = report
        .anomalies
        .iter()
        .map(|one| {
            vec![
                one.day.to_string(),
                one.stack.clone().unwrap_or_else(|| "no stack".to_owned()),
                one.usage_type.clone(),
                usd(one.usd),
                usd(one.usual_usd),
                usd(one.excess_usd()),
            ]
        })
        .collect();
    section
}

fn idle(report: &Report) -> Section {
    let names = ["Stack", "Object", "Why", "Since", "#An hour", "#So far"];
    let mut section = Section::new("Paid for and idle", &names);
    for line in &report.stacks {
        section.rows.extend(line.idle.iter().map(|one| {
            vec![
                line.stack.clone(),
                one.address.to_string(),
                one.why.as_str().to_owned(),
                one.since.strftime("%Y-%m-%d %H:%M UTC").to_string(),
                fine(one.hourly_usd),
                usd(one.wasted_usd),
            ]
        }));
    }
    section
}

fn savings(report: &Report) -> Section {
    let mut section = Section::new("Savings", &["Stack", "#A month", "State", "By", "Command"]);
    for line in &report.stacks {
        section.rows.extend(line.savings.iter().map(|one| {
            vec![
                line.stack.clone(),
                usd(one.monthly_usd),
                if one.is_done { "done" } else { "possible" }.to_owned(),
                one.what.clone(),
                one.command.clone(),
            ]
        }));
    }
    section
}

fn overrides(report: &Report) -> Section {
    let mut section = Section::new("Over budget by decision", &["Stack", "Day", "By", "Why"]);
    for line in &report.stacks {
        section.rows.extend(line.overrides.iter().map(|one| {
            vec![
                line.stack.clone(),
                one.at.strftime("%Y-%m-%d").to_string(),
                one.by.clone(),
                one.reason.clone(),
            ]
        }));
    }
    section
}

/// The account's bill, what has no price, and what a reader has to know.
pub(in crate::report) fn account(report: &Report) -> Vec<Section> {
    let mut bill = Section::new("The account's bill so far", &["What", "#US dollars"]);
    if let Some(account) = &report.account {
        let sums = &account.sums;
        let percent = account
            .untagged_percent
            .map_or_else(String::new, |percent| format!(", {percent}% of it"));
        bill.rows = [
            ("use".to_owned(), sums.run_rate),
            (format!("use on no stack{percent}"), account.untagged_usd),
            ("credits".to_owned(), sums.credits),
            ("refunds".to_owned(), sums.refunds),
            ("tax".to_owned(), sums.tax),
        ]
        .map(|(what, amount)| vec![what, usd(amount)])
        .to_vec();
        bill.totals.push(vec!["to pay".to_owned(), usd(sums.net())]);
    }
    if let Some(band) = &report.cost_explorer_forecast {
        bill.notes.push(format!(
            "Cost Explorer expects {} of the month for everything with a stack's tag, {} to {} with four chances of five.",
            usd(band.mean),
            usd(band.low),
            usd(band.high)
        ));
    }
    let said = |is: fn(&About) -> bool| {
        let findings = report
            .findings
            .iter()
            .filter(move |finding| is(&finding.about));
        findings
            .map(|finding| format!("{}: {}", finding.subject, finding.text))
            .collect()
    };
    let of = |title: &str, notes: Vec<String>| Section {
        title: title.to_owned(),
        notes,
        ..Section::default()
    };
    let unpriced = of(
        "Not priced, and in no total",
        said(|about| *about == About::Unpriced),
    );
    let others = of("To know", said(|about| *about != About::Unpriced));
    let all = [bill, unpriced, others];
    all.into_iter()
        .filter(|section| !section.is_empty())
        .collect()
}
