//! What a stack costs: estimates that were worked out by hand, and a budget that holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran};

/// Estimates a file of the repository, offline.
fn estimate(bed: &Bed, line: &str) -> Ran {
    bed.bella(&format!("cost estimate {line}"))
}

/// A stack file of the repository.
fn shipped(name: &str) -> String {
    let stacks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stacks");
    stacks.join(name).display().to_string()
}

/// Lines of each scenario by unit and price: quantity and dollars together.
type Lines = BTreeMap<(String, String), (f64, f64)>;

/// What `worked_out.csv` says of a scenario: its lines and its total.
fn worked_out(scenario: &str) -> (Lines, f64) {
    let (mut lines, mut total) = (Lines::new(), 0.0);
    for line in include_str!("worked_out.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [of, component, quantity, unit, price, usd] = fields[..] else {
            panic!("six fields: {line}");
        };
        let number = |text: &str| text.parse::<f64>().expect("a number");
        match (of == scenario, component) {
            (false, _) => {}
            (true, "total") => total = number(usd),
            (true, _) => add(
                &mut lines,
                unit,
                number(price),
                number(quantity),
                number(usd),
            ),
        }
    }
    assert!(total > 0.0, "{scenario} is not in worked_out.csv");
    (lines, total)
}

fn add(lines: &mut Lines, unit: &str, price: f64, quantity: f64, usd: f64) {
    let sums = lines
        .entry((unit.to_owned(), price.to_string()))
        .or_default();
    sums.0 += quantity;
    sums.1 += usd;
}

#[test]
fn the_scenarios_cost_what_was_worked_out() {
    let bed = Bed::with_files();
    let mut wrong = Vec::new();
    for scenario in [
        "p0-as-drawn",
        "p3-recommended",
        "d5-off-at-night",
        "staging-run-as-drawn",
        "staging-run-small",
    ] {
        let file = shipped(&format!("scenarios/{scenario}.yaml"));
        let found = estimate(&bed, &format!("{file} --json --strict"))
            .succeeds()
            .document();
        let mut lines = Lines::new();
        for item in found["items"].as_array().expect("a list") {
            let number = |key: &str| item[key].as_f64().expect("a number");
            let unit = item["unit"].as_str().expect("a text");
            add(
                &mut lines,
                unit,
                number("unit_usd"),
                number("quantity"),
                number("monthly_usd"),
            );
        }
        // A free tier takes off what a line above it counted.
        lines.retain(|_, (quantity, _)| quantity.abs() > 1e-6);
        let (wanted, total) = worked_out(scenario);
        if found["monthly_usd"] != json!(total) {
            wrong.push(format!("{scenario}: {}, not {total}", found["monthly_usd"]));
        }
        let keys: BTreeSet<_> = lines.keys().chain(wanted.keys()).collect();
        for key in keys {
            let (got, want) = (lines.get(key), wanted.get(key));
            let same = match (got, want) {
                (Some(got), Some(want)) => {
                    // Lines worked out by hand are rounded, and some are two of ours.
                    (got.0 - want.0).abs() < 1e-3 && (got.1 - want.1).abs() < 0.016
                }
                _ => false,
            };
            if !same {
                wrong.push(format!("{scenario}: {key:?} is {got:?}, not {want:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_estimate_is_told_in_three_ways_and_says_what_it_rests_on() {
    let bed = Bed::with_files();
    let document = estimate(&bed, &format!("{FILE} --format json")).document();
    let total = document["monthly_usd"].as_f64().expect("a number");
    let items = document["items"].as_array().expect("a list");
    let sum: f64 = items
        .iter()
        .filter_map(|item| item["monthly_usd"].as_f64())
        .sum();
    assert!((sum - total).abs() < 0.006, "{sum} {total}");
    for item in items {
        let product = |a: &str, b: &str| Some(item[a].as_f64()? * item[b].as_f64()?);
        let usd = item["monthly_usd"].as_f64().expect("a number");
        let worked = product("quantity", "unit_usd").expect("numbers");
        assert!((usd - worked).abs() < 1e-4, "{item}");
        assert!(item["source"].as_str().is_some_and(|text| text.len() > 3));
    }
    for key in [
        "stack",
        "region",
        "currency",
        "budget_monthly_usd",
        "unpriced",
        "assumptions",
    ] {
        assert!(!document[key].is_null(), "{key}");
    }
    let sum = format!("Total: ${total:.2}/month of a $50.00 budget.");
    for format in ["table", "md"] {
        let told = estimate(&bed, &format!("{FILE} --format {format}"));
        assert!(told.out.contains(&sum), "{}", told.out);
        assert!(told.out.contains("load_balancer.public"), "{}", told.out);
        assert!(told.out.contains("08:00 to 20:00"), "{}", told.out);
    }
    assert!(!bed.path("sandbox").exists(), "an estimate needs no cloud");
}

#[test]
fn every_shipped_stack_is_priced_and_within_its_budget() {
    let bed = Bed::with_files();
    for name in ["dev", "staging", "prod", "preview"] {
        let file = shipped(&format!("{name}.yaml"));
        let found = estimate(&bed, &format!("{file} --json --strict"))
            .succeeds()
            .document();
        let usd = |key: &str| found[key].as_f64().expect("a number");
        let (low, expected, high) = (usd("low_usd"), usd("monthly_usd"), usd("high_usd"));
        assert!(
            low <= expected && expected < usd("budget_monthly_usd"),
            "{name}"
        );
        // Only a preview is not scaled.
        assert_eq!(name == "preview", high == low, "{name}: {low} to {high}");
        assert_eq!(name == "preview", !found["life_hours"].is_null(), "{name}");
    }
}

#[test]
fn a_price_that_is_missing_is_said_and_fails_when_strict() {
    let bed = Bed::with_files();
    bed.edit(FILE, "region: ca-central-1", "region: eu-north-1");
    let told = estimate(&bed, FILE).succeeds();
    assert!(
        told.out.contains(
            "Not priced, and in no total: load_balancer.public (load balancer): the price book of eu-north-1 has no AWSELB LoadBalancerUsage"
        ),
        "{}",
        told.out
    );
    estimate(&bed, &format!("{FILE} --strict"))
        .exits(1)
        .says(&["error: load_balancer.public (load balancer) has no price: "]);
}

#[test]
fn a_budget_holds_until_somebody_says_why_not() {
    let bed = Bed::new();
    bed.edit(FILE, "monthly_usd: 50", "monthly_usd: 5");
    let over = [
        "error: bella-dev is expected to cost $",
        "over its budget of $5.00\n",
        "error: largest: $",
        "load_balancer.public (load balancer)",
        "--accept-over-budget REASON",
    ];
    estimate(&bed, FILE).exits(4).says(&over);
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).exits(4);
    assert!(
        plan.out.contains("/month of a $5.00 budget."),
        "{}",
        plan.out
    );
    assert!(
        plan.out.contains("  + load_balancer.public  +$"),
        "{}",
        plan.out
    );
    plan.says(&over);
    let plan = bed.bella(&format!("plan {FILE} --sandbox --json")).exits(4);
    let cost = &plan.document()["cost"];
    assert_eq!(cost["budget_monthly_usd"], json!(5.0));
    assert!(
        cost["over_budget_usd"]
            .as_f64()
            .is_some_and(|usd| usd > 1.0),
        "{cost}"
    );

    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(4)
        .says(&over);
    let nothing = bed
        .bella(&format!("status {FILE} --sandbox --json"))
        .succeeds();
    assert_eq!(nothing.document()["objects"], json!([]));
    let mut command = bed.command(&format!("provision {FILE} --sandbox --yes"));
    command.args(["--accept-over-budget", "a load test until Friday"]);
    crate::bed::run(&mut command).succeeds();
    let history = bed
        .bella(&format!("history {FILE} --sandbox --json"))
        .document();
    let accepted = &history[0]["over_budget"];
    assert_eq!(accepted["reason"], "a load test until Friday");
    assert!(
        accepted["by"]
            .as_str()
            .is_some_and(|by| by.starts_with("arn:aws:")),
        "{accepted}"
    );
    let told = bed.bella(&format!("history {FILE} --sandbox")).succeeds();
    assert!(
        told.out.contains(" over budget: a load test until Friday"),
        "{}",
        told.out
    );
}

#[test]
fn the_price_book_says_how_old_and_how_sure_it_is() {
    let bed = Bed::with_files();
    let document = bed.bella("cost prices --json").succeeds().document();
    let regions = document["regions"].as_array().expect("a list");
    assert_eq!(regions.len(), 4);
    for region in regions {
        let sure = &region["confidence"];
        let count = |key: &str| sure[key].as_u64().unwrap_or_default();
        let sum = count("high") + count("medium") + count("low");
        assert_eq!(json!(sum), region["prices"], "{region}");
        assert!(region["newest"].as_str() > Some("2026"), "{region}");
    }
    let book = bed
        .bella("cost prices --region us-west-2 --json")
        .document();
    let price = |usage_type: &str| -> Value {
        let prices = book["prices"].as_array().expect("a list");
        let found = prices.iter().find(|price| price["billed_as"] == usage_type);
        found.expect("it has a price").clone()
    };
    assert_eq!(price("USW2-LCUUsage")["confidence"], "low");
    assert_eq!(price("USW2-NatGateway-Hours")["usd"], json!(0.045));
    bed.bella("cost prices --region eu-north-1")
        .exits(2)
        .says(&["error: the price book has no prices of eu-north-1; it has ca-central-1, "]);
    let source = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../platform/aws/prices/sources.csv"),
    )
    .expect("the price book is there");
    let told = bed.bella("cost prices").succeeds();
    for line in source.lines().skip(1) {
        let citation = line.split_once(',').expect("two columns").1;
        let cited = citation.split("; ").all(|part| told.out.contains(part));
        assert!(cited || citation.contains("account"), "{citation}");
    }
}

#[test]
fn the_price_list_confirms_every_price_it_has() {
    let bed = Bed::with_files();
    bed.bella("sandbox up").succeeds();
    std::fs::create_dir(bed.path("prices")).expect("is made");
    let line = "cost prices refresh --sandbox --region ca-central-1";
    // Two prices of before are of Spot or of nothing.
    let shown = bed.bella(line).succeeds().says(&[
        "confirmed  73 of 78 prices",
        "kept       4: prices of Spot move",
        "kept       1: costs nothing",
    ]);
    assert!(
        shown
            .out
            .starts_with("--- a/platform/aws/prices/global.csv\n"),
        "{}",
        shown.out
    );
    let written = bed.bella(&format!("{line} --write prices --json"));
    let told = written.succeeds().document();
    let files = ["global.csv", "ca-central-1.csv", "sources.csv"];
    assert_eq!(told["files"], serde_json::json!(files));
    let text = std::fs::read_to_string(bed.path("prices/ca-central-1.csv")).expect("is written");
    let row = "AWSELB,CAN1-LoadBalancerUsage,,hour,0.02475,price-list,";
    assert!(text.contains(row), "{text}");
    let lost = bed.bella(&format!("{line} --write nowhere"));
    lost.exits(1)
        .says(&["writing nowhere/global.csv", "--write"]);
}
