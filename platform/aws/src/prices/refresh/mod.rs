//! The price files anew, from AWS's Price List.
//!
//! - [`refresh`]: asks for every row of a region's file
//! - [`Refresh`], [`Outcome`]: what came back, and the files as they would be
//! - `offer`: a product of the list, and its one price
//! - `unit`: the list's units in ours
//! - `which`: how a row's product is found

mod offer;
mod unit;
mod which;

use aws_sdk_pricing::types::{Filter, FilterType};
use bella_engine::cloud::CloudError;
use futures_util::{StreamExt as _, stream};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{GLOBAL, SOURCES, regional};
use crate::clients::Aws;
use crate::error::refused;
use which::Which;

/// How a price that was asked for is cited in the files; `sources.csv` spells it out.
const SOURCE: &str = "price-list";
const CITATION: &str = "AWS Price List Query API, GetProducts";

/// The API's own limit is not published; the files have some eighty rows a region.
const AT_ONCE: usize = 4;

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The list has the same price.
    Confirmed,
    /// The list has another price, in USD per unit of the row.
    Changed {
        /// The file's.
        from: Decimal,
        /// The list's.
        to: Decimal,
    },
    /// The list does not have such prices; why.
    Kept(&'static str),
    /// The list did not answer with exactly one price; what it answered. The row stays as it is.
    Unclear(String),
}

/// One row of a file, and what came of it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name of the file.
    pub file: String,
    /// Usage type, as a bill shows it.
    pub usage_type: String,
    /// Engine or the like; empty where there is only one.
    pub tier: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// A price file, as it is and as it would be.
#[derive(Debug, Clone)]
pub struct File {
    /// Name of the file.
    pub name: String,
    /// Its text in this program.
    pub before: String,
    /// The same with the list's prices, their dates and source.
    pub after: String,
}

/// What the Price List says of the price files.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// Every row that was asked for.
    pub rows: Vec<Row>,
    /// The files that would change.
    pub files: Vec<File>,
}

/// Asks the Price List for every price of `regions` and those that have no region. `today` is the date of prices whose product says none.
///
/// # Errors
/// AWS refuses to answer. A product that is not found, or found twice, is an [`Outcome::Unclear`].
pub async fn refresh(aws: &Aws, regions: &[&str], today: Date) -> Result<Refresh, CloudError> {
    let mut rows = Vec::new();
    let mut files = Vec::new();
    let regional = regions
        .iter()
        .filter_map(|region| Some((*region, regional(region)?.0)));
    for (region, before) in [("", GLOBAL)].into_iter().chain(regional) {
        let name = match region {
            "" => "global.csv".to_owned(),
            region => format!("{region}.csv"),
        };
        let lines: Vec<&str> = before.lines().collect();
        let asked = stream::iter(lines.iter().skip(1).map(|line| asked(aws, region, line)));
        let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        let mut after = lines.first().copied().unwrap_or_default().to_owned() + "\n";
        for (line, answer) in lines.iter().skip(1).zip(answers) {
            let (outcome, date) = answer?;
            after.push_str(&rewritten(line, &outcome, date.unwrap_or(today)));
            after.push('\n');
            let fields: Vec<&str> = line.split(',').collect();
            rows.push(Row {
                file: name.clone(),
                usage_type: fields.get(1).copied().unwrap_or_default().to_owned(),
                tier: fields.get(2).copied().unwrap_or_default().to_owned(),
                outcome,
            });
        }
        files.push(File {
            name,
            before: before.to_owned(),
            after,
        });
    }
    files.push(File {
        name: "sources.csv".to_owned(),
        before: SOURCES.to_owned(),
        after: cited(SOURCES),
    });
    files.retain(|file| file.before != file.after);
    Ok(Refresh { rows, files })
}

/// What the list has for a line of a region's file, and of when.
async fn asked(aws: &Aws, region: &str, line: &str) -> Result<(Outcome, Option<Date>), CloudError> {
    let fields: Vec<&str> = line.split(',').collect();
    let [service, usage_type, tier, unit, usd, ..] = fields[..] else {
        return Ok((
            Outcome::Unclear("the row has too few fields".to_owned()),
            None,
        ));
    };
    if usd == "0" {
        let free = "costs nothing, and zeros of the list cannot be told from free tiers";
        return Ok((Outcome::Kept(free), None));
    }
    let filters = match Which::of(service, usage_type, tier) {
        Which::Unlisted(why) => return Ok((Outcome::Kept(why), None)),
        Which::Listed(filters) => filters,
    };
    let regional = [("regionCode", region)];
    let regional = regional
        .into_iter()
        .filter(|(_, region)| !region.is_empty());
    let fixed = [("usagetype", usage_type)].into_iter().chain(regional);
    let mut products = Vec::new();
    let mut pages = aws
        .pricing
        .get_products()
        .service_code(service)
        .set_filters(Some(fixed.chain(filters).map(filter).collect()))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(refused)?;
        products.extend(page.price_list.unwrap_or_default());
    }
    let outcome = offer::only(&products, unit).map(|offered| {
        let outcome = match usd.parse::<Decimal>() {
            Ok(from) if from == offered.usd => Outcome::Confirmed,
            from => Outcome::Changed {
                from: from.unwrap_or_default(),
                to: offered.usd,
            },
        };
        (outcome, offered.since)
    });
    Ok(outcome.unwrap_or_else(|why| (Outcome::Unclear(why), None)))
}

fn filter((field, value): (&str, &str)) -> Filter {
    Filter::builder()
        .r#type(FilterType::TermMatch)
        .field(field)
        .value(value)
        .build()
        .expect("type, field and value are all it needs")
}

/// The line with what the list says; prices that it does not have stay.
fn rewritten(line: &str, outcome: &Outcome, date: Date) -> String {
    let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
    match outcome {
        Outcome::Confirmed => {}
        Outcome::Changed { to, .. } => fields[4] = to.normalize().to_string(),
        Outcome::Kept(_) | Outcome::Unclear(_) => return line.to_owned(),
    }
    fields[5] = SOURCE.to_owned();
    fields[6] = date.to_string();
    fields[7] = "high".to_owned();
    fields.join(",")
}

/// The citations with the list's, in their order.
fn cited(sources: &str) -> String {
    let own = format!("{SOURCE},{CITATION}");
    let mut lines: Vec<&str> = sources.lines().collect();
    if !lines.contains(&own.as_str()) {
        let at = lines.iter().skip(1).position(|line| *line > own.as_str());
        lines.insert(at.map_or(lines.len(), |at| at + 1), &own);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_line_says_what_the_list_says() {
        let line = "AWSELB,CAN1-LoadBalancerUsage,,hour,0.02475,rate-card,2026-10-09,medium";
        let day = date(2026, 11, 1);
        let to = Decimal::new(2500, 5);
        let changed = Outcome::Changed {
            from: Decimal::new(2475, 5),
            to,
        };
        assert_eq!(
            rewritten(line, &changed, day),
            "AWSELB,CAN1-LoadBalancerUsage,,hour,0.025,price-list,2026-11-01,high"
        );
        assert_eq!(
            rewritten(line, &Outcome::Confirmed, day),
            "AWSELB,CAN1-LoadBalancerUsage,,hour,0.02475,price-list,2026-11-01,high"
        );
        assert_eq!(rewritten(line, &Outcome::Kept("why"), day), line);
        let unclear = Outcome::Unclear("two products".to_owned());
        assert_eq!(rewritten(line, &unclear, day), line);
    }

    #[test]
    fn the_list_is_cited_once_and_in_order() {
        let once = cited("key,citation\nlist-use1,one\nrate-card,two\n");
        assert_eq!(
            once,
            format!("key,citation\nlist-use1,one\n{SOURCE},{CITATION}\nrate-card,two\n")
        );
        assert_eq!(cited(&once), once);
    }
}
