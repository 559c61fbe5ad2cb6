//! An estimate as a table, as Markdown and as JSON.

use std::collections::BTreeSet;

use bella_engine::cost::{Confidence, Item, Source, cents, number};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::table::{right, table};
use crate::money::Money;
use crate::target::StackFile;

const HEADING: [&str; 7] = [
    "RESOURCE",
    "COMPONENT",
    "QUANTITY",
    "UNIT",
    "USD/UNIT",
    "USD",
    "SURE",
];

/// The estimate as the JSON document of the contract.
pub(crate) fn document(file: &StackFile, money: &Money) -> Value {
    let stack = &file.loaded.stack;
    let mut document = json!({
        "stack": stack.stack,
        "environment": stack.environment.as_str(),
        "region": stack.region,
        "currency": "USD",
        "tax_included": false,
        "items": money.outlook.expected.items,
        "unpriced": money.outlook.expected.unpriced,
        "assumptions": money.scenario.assumed,
    });
    if let (Some(whole), Value::Object(cost)) = (document.as_object_mut(), summary(money)) {
        whole.extend(cost);
    }
    document
}

/// The figures of an estimate without its lines.
pub(crate) fn summary(money: &Money) -> Value {
    json!({
        "monthly_usd": number(money.usd()),
        "low_usd": number(money.outlook.low_usd),
        "high_usd": number(money.outlook.high_usd),
        "usd_per_call": per_call(money).and_then(number),
        "life_hours": money.scenario.life_hours.and_then(number),
        "budget_monthly_usd": number(money.budget.monthly_usd),
        "over_budget_usd": money.over_usd().and_then(number),
    })
}

/// The estimate for a terminal.
pub(crate) fn text(file: &StackFile, money: &Money) -> String {
    let items = &money.outlook.expected.items;
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    let mut out = format!("{}\n\n", title(file, money));
    out.push_str(&table(&HEADING, &right(&HEADING, &rows, &[2, 4, 5])));
    out.push_str(&format!("\n{}\n", total(money)));
    if let Some(usd) = per_call(money) {
        out.push_str(&format!("A call: ${usd}, without Twilio and OpenAI.\n"));
    }
    for one in &money.outlook.expected.unpriced {
        out.push_str(&format!(
            "Not priced, and in no total: {} ({}): {}\n",
            one.address, one.component, one.why
        ));
    }
    out.push_str(&sureness(items));
    out.push_str("\nAssumed:\n");
    let assumed = money.scenario.assumed.iter().map(|one| {
        let from = match one.source {
            Source::Default => "default",
            Source::StackFile => "stack file",
        };
        vec![
            format!("  {}", one.name),
            one.value.clone(),
            from.to_owned(),
        ]
    });
    let assumed: Vec<Vec<String>> = assumed.collect();
    out.push_str(&table(&["  WHAT", "HOW MUCH", "FROM"], &assumed));
    out
}

/// The estimate for a pull request.
pub(crate) fn markdown(file: &StackFile, money: &Money) -> String {
    let items = &money.outlook.expected.items;
    let mut out = format!("### {}\n\n**{}**\n\n", title(file, money), total(money));
    out.push_str("| Resource | Component | Quantity | Unit | USD/unit | USD | Price of |\n");
    out.push_str("|---|---|--:|---|--:|--:|---|\n");
    for item in items {
        let read = item
            .as_of
            .map_or("undated".to_owned(), |day| day.to_string());
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {:.2} | {read}, {} |\n",
            item.address,
            item.component,
            quantity(item.quantity),
            item.unit,
            item.unit_usd.normalize(),
            cents(item.monthly_usd),
            item.confidence,
        ));
    }
    for one in &money.outlook.expected.unpriced {
        out.push_str(&format!(
            "\n**Not priced, and in no total:** {} ({}): {}\n",
            one.address, one.component, one.why
        ));
    }
    out.push_str("\nAssumed: ");
    let assumed = money.scenario.assumed.iter();
    let assumed: Vec<String> = assumed
        .map(|one| format!("{} ({})", one.value, one.source.as_str()))
        .collect();
    out.push_str(&assumed.join("; "));
    out.push_str(".\n\nPrices from: ");
    let sources = items.iter().flat_map(|item| item.source.split("; "));
    let sources: BTreeSet<&str> = sources.collect();
    out.push_str(&sources.into_iter().collect::<Vec<_>>().join("; "));
    out.push_str(".\n");
    out
}

fn title(file: &StackFile, money: &Money) -> String {
    let stack = &file.loaded.stack;
    let period = match money.scenario.life_hours {
        None => "a month".to_owned(),
        Some(hours) => format!("a life of {} hours", hours.round_dp(2).normalize()),
    };
    format!(
        "{} in {}: {period} in US dollars, list prices, before tax",
        stack.stack, stack.region
    )
}

fn total(money: &Money) -> String {
    let outlook = &money.outlook;
    let range = match outlook.low_usd == outlook.high_usd {
        true => String::new(),
        false => format!(
            " Between ${:.2} with the fewest tasks and ${:.2} with the most, all the time.",
            outlook.low_usd, outlook.high_usd
        ),
    };
    format!(
        "Total: {} of a ${:.2} budget.{range}",
        money.phrase(),
        money.budget.monthly_usd
    )
}

/// What a call costs of it, to a tenth of a cent.
fn per_call(money: &Money) -> Option<Decimal> {
    let calls = money.scenario.calls?;
    money.usd().checked_div(calls).map(|usd| usd.round_dp(3))
}

fn row(item: &Item) -> Vec<String> {
    vec![
        item.address.to_string(),
        item.component.to_owned(),
        quantity(item.quantity),
        item.unit.clone(),
        item.unit_usd.normalize().to_string(),
        format!("{:.2}", cents(item.monthly_usd)),
        item.confidence.to_string(),
    ]
}

fn quantity(quantity: Decimal) -> String {
    quantity.round_dp(4).normalize().to_string()
}

/// How much of the total rests on which prices.
fn sureness(items: &[Item]) -> String {
    let of = |sure: Confidence| -> Decimal {
        let of = items.iter().filter(|item| item.confidence == sure);
        cents(of.map(|item| item.monthly_usd).sum())
    };
    format!(
        "Of it ${:.2} at prices read from lists or bills, ${:.2} at prices read once or years ago, ${:.2} at inferred ones (SURE).\n",
        of(Confidence::High),
        of(Confidence::Medium),
        of(Confidence::Low),
    )
}
