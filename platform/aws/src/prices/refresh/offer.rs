//! Products of the Price List (format `aws_v1`), and the one price of a row.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::unit;

/// What a row costs by the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offered {
    /// USD per unit of the row.
    pub(super) usd: Decimal,
    /// Since when, in UTC.
    pub(super) since: Option<Date>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    terms: Terms,
}

#[derive(Deserialize, Default)]
struct Terms {
    #[serde(default, rename = "OnDemand")]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    effective_date: Option<String>,
    #[serde(default)]
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    unit: String,
    #[serde(default)]
    begin_range: String,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

/// The one price that `products` have in USD for `ours`: of each on-demand term the lowest volume that is charged for, since prices of
/// nothing are free tiers; several products may agree.
///
/// # Errors
/// There is none, there are several, or one cannot be read.
pub(super) fn only(products: &[String], ours: &str) -> Result<Offered, String> {
    if products.is_empty() {
        return Err("the list has no such product".to_owned());
    }
    let mut found: BTreeMap<Decimal, Option<Date>> = BTreeMap::new();
    for product in products {
        let entry: Entry = serde_json::from_str(product)
            .map_err(|err| format!("a product of the list cannot be read: {err}"))?;
        for term in entry.terms.on_demand.values() {
            if let Some(usd) = first_charged(term, ours)? {
                found.insert(usd, term.effective_date.as_deref().and_then(day));
            }
        }
    }
    let prices: Vec<String> = found.keys().map(ToString::to_string).collect();
    match (found.pop_first(), found.is_empty()) {
        (Some((usd, since)), true) => Ok(Offered { usd, since }),
        (None, _) => Err(format!(
            "{} products of the list, none with a price on demand that is not zero",
            products.len()
        )),
        (Some(_), false) => Err(format!(
            "{} products of the list with {} prices: {}",
            products.len(),
            prices.len(),
            prices.join(", ")
        )),
    }
}

fn first_charged(term: &Term, ours: &str) -> Result<Option<Decimal>, String> {
    let mut charged: Vec<(Decimal, Decimal)> = Vec::new();
    let mut units = BTreeSet::new();
    for dimension in term.price_dimensions.values() {
        let Some(text) = dimension.price_per_unit.get("USD") else {
            let named: Vec<&String> = dimension.price_per_unit.keys().collect();
            return Err(format!("a price is in {named:?}, not in USD"));
        };
        let usd = number(text)?;
        if usd.is_sign_negative() {
            return Err(format!("a price is {usd}"));
        }
        if usd.is_zero() {
            continue;
        }
        let from = match dimension.begin_range.as_str() {
            "" => Decimal::ZERO,
            text => number(text)?,
        };
        let usd = unit::priced(usd, &dimension.unit, ours);
        match usd {
            Some(usd) => charged.push((from, usd)),
            None => drop(units.insert(dimension.unit.as_str())),
        }
    }
    if !units.is_empty() {
        return Err(format!("the list counts in {units:?}, the file in {ours}"));
    }
    charged.sort();
    Ok(charged.first().map(|(_, usd)| *usd))
}

fn number(text: &str) -> Result<Decimal, String> {
    text.parse()
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|err| format!("`{text}` of the list is no number: {err}"))
}

fn day(text: &str) -> Option<Date> {
    let at: Timestamp = text.parse().ok()?;
    Some(at.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    fn product(dimensions: &[(&str, &str, &str)]) -> String {
        let dimensions: Vec<(String, Value)> = dimensions
            .iter()
            .enumerate()
            .map(|(at, (unit, from, usd))| {
                let dimension = json!({
                    "unit": unit, "beginRange": from, "endRange": "Inf", "rateCode": "x",
                    "description": "", "appliesTo": [], "pricePerUnit": {"USD": usd},
                });
                (at.to_string(), dimension)
            })
            .collect();
        let dimensions: Value = dimensions.into_iter().collect();
        json!({
            "product": {"sku": "A", "productFamily": "", "attributes": {}},
            "serviceCode": "AWSELB", "version": "1", "publicationDate": "2026-11-02T00:00:00Z",
            "terms": {"OnDemand": {"A.J": {
                "sku": "A", "offerTermCode": "J", "effectiveDate": "2026-11-01T00:00:00Z",
                "termAttributes": {}, "priceDimensions": dimensions,
            }}},
        })
        .to_string()
    }

    fn said(products: &[String], unit: &str) -> String {
        match only(products, unit) {
            Ok(offered) => format!(
                "{} {:?}",
                offered.usd,
                offered.since.map(|it| it.to_string())
            ),
            Err(why) => why,
        }
    }

    #[test]
    fn exactly_one_price_that_is_not_zero_counts() {
        let hour = |usd| product(&[("Hrs", "0", usd)]);
        let one = only(&[hour("0.0247500000")], "hour").expect("one price");
        assert_eq!(one.usd, Decimal::new(2475, 5));
        assert_eq!(one.since, Some(date(2026, 11, 1)));
        assert_eq!(
            said(&[hour("0.02"), hour("0.02")], "hour"),
            "0.02 Some(\"2026-11-01\")"
        );
        let table = [
            (vec![], "the list has no such product"),
            (
                vec![hour("0")],
                "1 products of the list, none with a price on demand that is not zero",
            ),
            (
                vec![hour("0.02"), hour("0.03")],
                "2 products of the list with 2 prices: 0.02, 0.03",
            ),
            (vec![hour("-0.02")], "a price is -0.02"),
            (
                vec![product(&[("Quarts", "0", "1")])],
                "the list counts in {\"Quarts\"}, the file in hour",
            ),
        ];
        for (products, expected) in table {
            assert_eq!(said(&products, "hour"), expected);
        }
        assert!(
            said(&["{".to_owned()], "hour").starts_with("a product of the list cannot be read")
        );
        let other = hour("0.02").replace("USD", "CNY");
        assert_eq!(
            said(&[other], "hour"),
            "a price is in [\"CNY\"], not in USD"
        );
    }

    #[test]
    fn of_volumes_the_first_that_costs_something_counts() {
        let tiers = product(&[
            ("GB", "10240", "0.085"),
            ("GB", "0", "0"),
            ("GB", "100", "0.09"),
        ]);
        assert_eq!(said(&[tiers], "GB"), "0.09 Some(\"2026-11-01\")");
        let small = product(&[("Queries", "0", "4E-7")]);
        assert_eq!(
            said(&[small], "million queries"),
            "0.4 Some(\"2026-11-01\")"
        );
    }
}
