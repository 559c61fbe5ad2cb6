//! The price book: what is in it and where it is from.

use std::collections::BTreeMap;

use bella_engine::cost::{Confidence, Price, PriceBook};
use jiff::civil::Date;
use serde_json::{Value, json};

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
