//! The formats, held to what they printed before, and to readers of their own.
//!
//! `BELLA_GOLDEN=write cargo test -p bella-finance --test formats` writes the files anew; look at what changed.

mod sample;

use std::fs;
use std::path::Path;

use bella_finance::report::focus::{Column, check, focus};
use bella_finance::report::{Estate, Report, StackLine, guarded, html, markdown, text};
use rust_decimal::Decimal;

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var("BELLA_GOLDEN").as_deref() == Ok("write") {
        fs::write(&path, text).expect("the golden file is written");
    }
    let before = fs::read_to_string(&path).expect("the golden file");
    assert_eq!(text, before, "{name} changed");
}

fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let heading = texts(reader.headers().expect("a heading"));
    let rows = reader
        .records()
        .map(|record| texts(&record.expect("a row")))
        .collect();
    (heading, rows)
}

#[test]
fn the_table_for_spreadsheets() {
    let report = sample::report();
    let text = bella_finance::report::csv(&report).expect("CSV");
    golden("report.csv", &text);
    let (heading, rows) = table(&text);
    let at = |name: &str| {
        heading
            .iter()
            .position(|one| one == name)
            .expect("a column")
    };
    let (section, stack, item, usd) = (at("section"), at("stack"), at("item"), at("usd"));
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let is_amount = column == usd || column == at("unit_usd") || column == at("quantity");
            match is_amount {
                true => assert!(
                    cell.is_empty() || cell.parse::<Decimal>().is_ok(),
                    "{row:?}"
                ),
                false => assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
                    "{row:?}"
                ),
            }
        }
    }
    // Lines and the remainder are the total, to the last digit.
    for line in &report.stacks {
        let own = rows.iter().filter(|row| row[stack] == line.stack);
        let sum: Decimal = own
            .clone()
            .filter(|row| ["component", "rounding"].contains(&row[section].as_str()))
            .map(|row| row[usd].parse::<Decimal>().expect("an amount"))
            .sum();
        let total = own
            .clone()
            .find(|row| row[section] == "total" && row[item] == "accrued")
            .expect("the total");
        assert_eq!(sum, total[usd].parse().expect("an amount"));
    }
}

/// Texts made of what breaks tables, by a generator that always makes the same ones.
fn hostile() -> impl Iterator<Item = String> {
    let parts = [
        "=", "+1", "-", "@", "#7", "\t", "\r\n", "\"", ",", "|", "é", "a b", "'", "",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..500).map(move |_| {
        (0..4)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                parts[usize::try_from(state % 14).expect("it is small")]
            })
            .collect()
    })
}

#[test]
fn any_text_comes_back_and_is_no_formula() {
    for text in hostile() {
        let mut report = sample::report();
        report.stacks.truncate(1);
        report.stacks[0].owner.clone_from(&text);
        let (heading, rows) = table(&bella_finance::report::csv(&report).expect("CSV"));
        let owner = heading
            .iter()
            .position(|one| one == "owner")
            .expect("a column");
        assert_eq!(rows[0][owner], guarded(&text));
        assert!(!rows[0][owner].starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        assert!(rows[0][owner].ends_with(&text));
    }
}

#[test]
fn the_bill_as_focus() {
    let text = focus(&sample::report()).expect("FOCUS");
    golden("report.focus.csv", &text);
    let (heading, rows) = table(&text);
    assert_eq!(heading, Column::ALL.map(Column::name));
    assert_eq!(rows.len(), sample::report().lines.len());
    for row in &rows {
        assert_eq!(check(row), []);
    }
    let billed: Decimal = rows
        .iter()
        .map(|row| row[0].parse::<Decimal>().expect("a cost"))
        .sum();
    let sums = sample::report().account.expect("an account").sums;
    assert_eq!(billed, sums.net());
}

#[test]
fn what_is_no_focus_is_told() {
    let (heading, rows) = table(&focus(&sample::report()).expect("FOCUS"));
    let usage = &rows[0];
    let with = |column: &str, cell: &str| {
        let at = heading
            .iter()
            .position(|one| one == column)
            .expect("a column");
        let mut row = usage.clone();
        row[at] = cell.to_owned();
        let told: Vec<String> = check(&row).iter().map(ToString::to_string).collect();
        told.join("; ")
    };
    let cases = [
        ("BilledCost", "", "BilledCost: must not be null"),
        ("BilledCost", "$3", "BilledCost: `$3` is no decimal"),
        (
            "BillingPeriodStart",
            "2026-11-01",
            "BillingPeriodStart: `2026-11-01` is no UTC date and time in ISO 8601",
        ),
        (
            "ChargeCategory",
            "Use",
            "ChargeCategory: `Use` is none of Usage, Purchase, Tax, Credit, Adjustment",
        ),
        (
            "ChargePeriodEnd",
            "2026-11-01T00:00:00Z",
            "ChargePeriodEnd: is not after the period's start",
        ),
        (
            "BillingPeriodStart",
            "2026-12-01T00:00:00Z",
            "BillingPeriodStart: the charge's period is not in the billing period",
        ),
        (
            "BillingCurrency",
            "usd",
            "BillingCurrency: is no ISO 4217 code",
        ),
        (
            "ChargeCategory",
            "Credit",
            "BilledCost: a credit is not positive; PricingQuantity: is of usage and purchases, and of nothing else; ConsumedQuantity: is of usage, and of nothing else",
        ),
        (
            "PricingUnit",
            "",
            "PricingUnit: stands with its quantity or not at all",
        ),
        ("Tags", "bella", "Tags: `bella` is no JSON object"),
        (
            "ServiceCategory",
            "Boxes",
            "ServiceCategory: `Boxes` is none of",
        ),
        (
            "ChargeClass",
            "Wrong",
            "ChargeClass: `Wrong` is none of Correction",
        ),
    ];
    for (column, cell, told) in cases {
        let said = with(column, cell);
        assert!(said.starts_with(told), "{column} = {cell}: {said}");
    }
    assert_eq!(check(&usage[1..].to_vec()).len(), 1);
}

/// Two hundred stacks, one of which is over its budget.
fn large() -> Report {
    let mut report = sample::report();
    let (within, over) = (report.stacks[0].clone(), report.stacks[1].clone());
    report.stacks = (0..200)
        .map(|index| StackLine {
            stack: format!("bella-with-a-long-name-{index}"),
            ..if index == 7 {
                over.clone()
            } else {
                within.clone()
            }
        })
        .collect();
    report.estate = Estate::of(&report.stacks);
    report
}

#[test]
fn the_terminal() {
    let text = text(&sample::report());
    golden("report.txt", &text);
    // A sentence goes on for as long as it is, so that a command in it can be copied.
    for line in text.lines().filter(|line| !line.ends_with('.')) {
        assert!(line.chars().count() <= 120, "{line}");
    }
    let text = bella_finance::report::text(&large());
    assert!(
        text.contains("bella-with-a-long-name-7 ") && text.contains("together"),
        "{text}"
    );
    assert_eq!(
        text.matches("From budget to forecast\n").count(),
        1,
        "only the one that will be over"
    );
    for line in text
        .lines()
        .filter(|line| line.contains('$') && !line.ends_with('.'))
    {
        assert!(line.chars().count() <= 120, "{line}");
    }
    let mut none = sample::report();
    none.stacks.clear();
    none.estate = Estate::of(&none.stacks);
    none.billed_as_of = None;
    assert!(bella_finance::report::text(&none).contains("Nothing is known of the bill."));
}

#[test]
fn markdown_for_a_comment() {
    golden("report.md", &markdown(&sample::report()));
    let large = markdown(&large());
    assert!(large.chars().count() < 65_536, "{}", large.chars().count());
    assert!(large.contains("Details are left out"));
    for text in hostile() {
        let mut report = sample::report();
        report.stacks.truncate(1);
        let columns = |text: &str| {
            let rows = text.lines().filter(|line| line.starts_with('|'));
            rows.map(|row| row.replace("\\|", "").matches('|').count())
                .collect::<Vec<_>>()
        };
        let before = columns(&markdown(&report));
        report.stacks[0].stack.clone_from(&text);
        let after = markdown(&report);
        assert_eq!(before, columns(&after), "{text:?}");
        // An entity or a backslash would still be a mention (github/cmark-gfm issue 181), and so would what is right after the sign.
        let (_, below) = after.split_once('\n').expect("a heading");
        for (sign, _) in below.match_indices(['@', '#']) {
            assert!(
                below[sign + 1..].starts_with("<!---->"),
                "{text:?}: {after}"
            );
        }
        let signs = |text: &str| text.matches(['@', '#']).count();
        assert!(
            signs(below) >= signs(&text),
            "what was written is still to be read"
        );
    }
}

#[test]
fn the_page() {
    let page = html(&sample::report()).expect("HTML");
    golden("report.html", &page);
    assert!(
        !page.contains("<script") && page.contains("&#60;script&#62;"),
        "what people wrote is text"
    );
    for load in ["http:", "https:", "src=", "url(h", "@import", "<link"] {
        assert!(!page.contains(load), "it loads nothing: {load}");
    }
    // Every element that is opened is closed, in order.
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let name = tag
            .split(|one: char| one == '>' || one.is_whitespace())
            .next()
            .unwrap_or_default();
        let is_alone = ["meta", "!doctype"].contains(&name)
            || tag.split('>').next().unwrap_or_default().ends_with('/');
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if is_alone => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    let mut none = sample::report();
    none.stacks.clear();
    assert!(html(&none).expect("HTML").contains("not known") || none.estate.billed_usd.is_some());
    assert!(html(&large()).expect("HTML").len() < 5_000_000);
}
