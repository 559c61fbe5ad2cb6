//! The price book: what is in it and where it is from.

use std::collections::BTreeMap;

use bella_aws::prices::refresh::{Outcome, Refresh};
use bella_engine::cost::{Confidence, Price, PriceBook};
use jiff::civil::Date;
use serde_json::{Value, json};
use similar::TextDiff;

use super::table::{right, table};

/// Every price of a book.
pub(crate) fn text(book: &PriceBook) -> String {
    const HEADING: [&str; 8] = [
        "SERVICE",
        "USAGE TYPE",
        "TIER",
        "USD",
        "UNIT",
        "AS OF",
        "SURE",
        "FROM",
    ];
    let rows: Vec<Vec<String>> = book
        .prices()
        .map(|(key, price)| {
            vec![
                key.service.clone(),
                price.billed_as.clone(),
                key.tier.clone(),
                price.usd.normalize().to_string(),
                price.unit.clone(),
                day(price.as_of),
                price.confidence.to_string(),
                price.source.clone(),
            ]
        })
        .collect();
    table(&HEADING, &right(&HEADING, &rows, &[3]))
}

/// Every price of a book, in JSON.
pub(crate) fn document(book: &PriceBook) -> Value {
    let prices = book.prices().map(|(key, price)| {
        let mut entry = json!(price);
        entry["service"] = json!(key.service);
        entry["tier"] = json!(key.tier);
        entry
    });
    json!({"region": book.region(), "currency": "USD", "prices": prices.collect::<Vec<_>>()})
}

/// How many prices each region has, how old and how sure they are, and where they are from.
pub(crate) fn overview(books: &[PriceBook]) -> String {
    const HEADING: [&str; 8] = [
        "REGION", "PRICES", "HIGH", "MEDIUM", "LOW", "OLDEST", "NEWEST", "UNDATED",
    ];
    let rows: Vec<Vec<String>> = books
        .iter()
        .map(|book| {
            let facts = Facts::of(book);
            vec![
                book.region().to_owned(),
                facts.count.to_string(),
                facts.high.to_string(),
                facts.medium.to_string(),
                facts.low.to_string(),
                day(facts.oldest),
                day(facts.newest),
                facts.undated.to_string(),
            ]
        })
        .collect();
    let sources: Vec<Vec<String>> = sources(books)
        .into_iter()
        .map(|(source, count)| vec![count.to_string(), source])
        .collect();
    let numbers = [1, 2, 3, 4, 7];
    format!(
        "{}\nOn-demand list prices in US dollars, before tax.\n\n{}",
        table(&HEADING, &right(&HEADING, &rows, &numbers)),
        table(
            &["PRICES", "FROM"],
            &right(&["PRICES", "FROM"], &sources, &[0])
        )
    )
}

/// [`overview`] in JSON.
pub(crate) fn overview_document(books: &[PriceBook]) -> Value {
    let regions = books.iter().map(|book| {
        let facts = Facts::of(book);
        json!({
            "region": book.region(),
            "prices": facts.count,
            "confidence": {"high": facts.high, "medium": facts.medium, "low": facts.low},
            "oldest": facts.oldest,
            "newest": facts.newest,
            "undated": facts.undated,
        })
    });
    json!({
        "currency": "USD",
        "regions": regions.collect::<Vec<_>>(),
        "sources": sources(books),
    })
}

/// How the files would change, as `git apply` reads it.
pub(crate) fn difference(told: &Refresh) -> String {
    let file = |file: &bella_aws::prices::refresh::File| {
        let path = format!("platform/aws/prices/{}", file.name);
        TextDiff::from_lines(&file.before, &file.after)
            .unified_diff()
            .context_radius(1)
            .header(&format!("a/{path}"), &format!("b/{path}"))
            .to_string()
    };
    told.files.iter().map(file).collect()
}

/// How many prices the list confirms and changes, and what it does not have.
pub(crate) fn refreshed(told: &Refresh) -> String {
    let mut lines = Vec::new();
    let (mut confirmed, mut kept) = (0, BTreeMap::<&str, usize>::new());
    for row in &told.rows {
        let name = format!("{} {} {}", row.file, row.usage_type, row.tier);
        let name = name.trim_end();
        match &row.outcome {
            Outcome::Confirmed => confirmed += 1,
            Outcome::Changed { from, to } => {
                lines.push(format!("changed    {name}: {from} -> {to}"))
            }
            Outcome::Kept(why) => *kept.entry(*why).or_default() += 1,
            Outcome::Unclear(why) => lines.push(format!("not taken  {name}: {why}")),
        }
    }
    lines.push(format!(
        "confirmed  {confirmed} of {} prices",
        told.rows.len()
    ));
    lines.extend(
        kept.iter()
            .map(|(why, count)| format!("kept       {count}: {why}")),
    );
    lines.join("\n")
}

/// Every row and what came of it, in JSON.
pub(crate) fn refreshed_document(told: &Refresh) -> Value {
    let rows = told.rows.iter().map(|row| {
        let (outcome, from, to, why) = match &row.outcome {
            Outcome::Confirmed => ("confirmed", None, None, None),
            Outcome::Changed { from, to } => ("changed", Some(from), Some(to), None),
            Outcome::Kept(why) => ("kept", None, None, Some((*why).to_owned())),
            Outcome::Unclear(why) => ("unclear", None, None, Some(why.clone())),
        };
        json!({
            "file": row.file, "usage_type": row.usage_type, "tier": row.tier,
            "outcome": outcome, "from_usd": from, "to_usd": to, "why": why,
        })
    });
    let files: Vec<&String> = told.files.iter().map(|file| &file.name).collect();
    json!({"rows": rows.collect::<Vec<_>>(), "files": files})
}

/// What is to be said of a book.
struct Facts {
    count: usize,
    high: usize,
    medium: usize,
    low: usize,
    oldest: Option<Date>,
    newest: Option<Date>,
    undated: usize,
}

impl Facts {
    fn of(book: &PriceBook) -> Self {
        let prices: Vec<&Price> = book.prices().map(|(_, price)| price).collect();
        let sure = |confidence| {
            let same = prices.iter().filter(|price| price.confidence == confidence);
            same.count()
        };
        // An inferred price is as old as the inference, which says nothing.
        let dates = || {
            let read = prices
                .iter()
                .filter(|price| price.confidence != Confidence::Low);
            read.filter_map(|price| price.as_of)
        };
        Self {
            count: prices.len(),
            high: sure(Confidence::High),
            medium: sure(Confidence::Medium),
            low: sure(Confidence::Low),
            oldest: dates().min(),
            newest: dates().max(),
            undated: prices.iter().filter(|price| price.as_of.is_none()).count(),
        }
    }
}

fn sources(books: &[PriceBook]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let prices = books.iter().flat_map(PriceBook::prices);
    for source in prices.flat_map(|(_, price)| price.source.split("; ")) {
        *counts.entry(source.to_owned()).or_default() += 1;
    }
    counts
}

fn day(date: Option<Date>) -> String {
    date.map_or("undated".to_owned(), |date| date.to_string())
}
