//! The price book: what AWS charges on demand, read from price lists and bills, in `prices/*.csv`.
//!
//! One file a region and one for what has no region; `sources.csv` spells out where a price was
//! read, `allowances.csv` what an account gets for nothing. Fields have no commas. A usage type
//! stands as a bill shows it, with the region's prefix; prices are found without it.

pub mod refresh;
mod rows;

use bella_engine::cost::{Allowance, PriceBook};

use rows::Rows;

/// Regions with prices of their own.
pub const REGIONS: &[&str] = &["ca-central-1", "eu-west-1", "us-east-1", "us-west-2"];

const GLOBAL: &str = include_str!("../../prices/global.csv");
const SOURCES: &str = include_str!("../../prices/sources.csv");
const ALLOWANCES: &str = include_str!("../../prices/allowances.csv");

/// The region's file and the prefix of its usage types.
fn regional(region: &str) -> Option<(&'static str, &'static str)> {
    Some(match region {
        "ca-central-1" => (include_str!("../../prices/ca-central-1.csv"), "CAN1-"),
        "eu-west-1" => (include_str!("../../prices/eu-west-1.csv"), "EU-"),
        "us-east-1" => (include_str!("../../prices/us-east-1.csv"), "USE1-"),
        "us-west-2" => (include_str!("../../prices/us-west-2.csv"), "USW2-"),
        _ => return None,
    })
}

/// The prices of a region. One that is not among [`REGIONS`] has the global ones only: everything
/// else is found to have no price.
#[must_use]
pub fn book(region: &str) -> PriceBook {
    let invariant = "a test reads every price file";
    let sources = rows::sources(SOURCES);
    let read = |text, prefix| Rows::new(text, prefix, &sources).prices().expect(invariant);
    let mut prices = read(GLOBAL, "USE1-");
    if let Some((text, prefix)) = regional(region) {
        prices.extend(read(text, prefix));
    }
    let allowances: Vec<Allowance> = Rows::new(ALLOWANCES, "", &sources)
        .allowances()
        .expect(invariant);
    PriceBook::new(region, prices, allowances)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every file is well formed, names a price once, and cites what `sources.csv` spells out.
    #[test]
    fn every_file_reads() {
        let sources = rows::sources(SOURCES);
        let mut shapes = Vec::new();
        for region in REGIONS {
            let (text, prefix) = regional(region).expect("a region of the list has a file");
            let prices = Rows::new(text, prefix, &sources)
                .prices()
                .unwrap_or_else(|why| panic!("{region}: {why}"));
            let keys: BTreeSet<_> = prices.iter().map(|(key, _)| key.clone()).collect();
            assert_eq!(keys.len(), prices.len(), "{region} names a price twice");
            for (key, price) in &prices {
                assert!(!price.usd.is_sign_negative(), "{region} {key:?}");
                assert!(price.usd.scale() <= 10, "{region} {key:?}");
            }
            let shape: BTreeSet<_> = prices
                .into_iter()
                .map(|(key, price)| (key, price.unit))
                .collect();
            shapes.push((region, shape));
        }
        let (_, first) = &shapes[0];
        for (region, shape) in &shapes {
            let differ: Vec<_> = shape.symmetric_difference(first).collect();
            assert!(
                differ.is_empty(),
                "{region} prices other things: {differ:?}"
            );
        }
        let used: BTreeSet<&str> = [GLOBAL, ALLOWANCES]
            .into_iter()
            .chain(REGIONS.iter().filter_map(|r| Some(regional(r)?.0)))
            .flat_map(|text| text.lines().skip(1))
            .flat_map(|line| line.split(','))
            .flat_map(|field| field.split('+'))
            .collect();
        for key in sources.keys() {
            assert!(used.contains(key), "no price cites `{key}`");
        }
        assert!(Rows::new(GLOBAL, "USE1-", &sources).prices().is_ok());
        assert_eq!(book("eu-north-1").prices().count(), 6);
    }
}
