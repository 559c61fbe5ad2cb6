//! Units of the Price List, in those of the price files.

use rust_decimal::Decimal;

/// Units of the files: the words that the list uses for what is counted, and how many of the list's make one of ours.
///
/// The list writes units as each service likes ("Hrs", "hours"), so words are compared without case. What is not here is refused, since
/// a price per request that is read as one per million would be believed.
const UNITS: &[(&str, &[&str], u64)] = &[
    ("hour", &["hrs", "hours", "hour"], 1),
    ("vCPU-hour", &["hours", "hrs", "vcpu-hours", "vcpu-hour"], 1),
    (
        "GB-hour",
        &["gb-hours", "gb-hrs", "gigabytehour", "gb-hour", "hours"],
        1,
    ),
    ("ACU-hour", &["acu-hr", "acu-hrs", "acu-hours"], 1),
    ("LCU-hour", &["lcu-hrs", "lcu-hours"], 1),
    ("GB-month", &["gb-mo", "gb-month"], 1),
    ("GB", &["gb", "gigabytes"], 1),
    ("zone-month", &["hostedzone", "hosted zone", "months"], 1),
    ("alarm-month", &["alarms", "alarm"], 1),
    ("metric-month", &["metrics", "metric"], 1),
    ("dashboard-month", &["dashboards", "dashboard"], 1),
    ("secret-month", &["secrets", "secret"], 1),
    ("key-month", &["months", "keys", "key"], 1),
    ("webacl-month", &["month", "months", "webacl"], 1),
    ("request", &["requests", "request"], 1),
    ("1k requests", &["requests"], 1_000),
    ("10k requests", &["api requests", "requests"], 10_000),
    ("million requests", &["requests"], 1_000_000),
    ("million queries", &["queries"], 1_000_000),
    (
        "million invocations",
        &["invocations", "invocation"],
        1_000_000,
    ),
    ("million IO", &["ios", "io"], 1_000_000),
    (
        "million ECPU",
        &[
            "elasticacheprocessingunits",
            "elasticacheprocessingunit",
            "ecpu",
        ],
        1_000_000,
    ),
    ("100k", &["notifications"], 100_000),
];

/// A price per unit of the list, in USD per unit of the files; `None` where the two do not count the same.
pub(super) fn priced(usd: Decimal, listed: &str, ours: &str) -> Option<Decimal> {
    let (_, words, many) = UNITS.iter().find(|(unit, ..)| *unit == ours)?;
    let listed = listed.to_lowercase();
    words
        .contains(&listed.as_str())
        .then(|| (usd * Decimal::from(*many)).normalize())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::prices::{GLOBAL, REGIONS, regional};

    #[test]
    fn a_price_is_of_as_many_as_the_unit_says() {
        let usd = |text: &str| text.parse::<Decimal>().expect("a number");
        assert_eq!(priced(usd("0.02475"), "Hrs", "hour"), Some(usd("0.02475")));
        assert_eq!(
            priced(usd("0.0000004"), "Queries", "million queries"),
            Some(usd("0.4"))
        );
        assert_eq!(
            priced(
                usd("0.0000000025"),
                "ElastiCacheProcessingUnit",
                "million ECPU"
            ),
            Some(usd("0.0025"))
        );
        assert_eq!(priced(usd("0.02475"), "Queries", "hour"), None);
        assert_eq!(priced(usd("0.02475"), "Hrs", "fortnight"), None);
    }

    #[test]
    fn every_unit_of_the_files_is_known() {
        let texts = REGIONS.iter().filter_map(|region| regional(region));
        let texts = texts.map(|(text, _)| text).chain([GLOBAL]);
        let units: BTreeSet<&str> = texts
            .flat_map(|text| text.lines().skip(1))
            .filter_map(|line| line.split(',').nth(3))
            .collect();
        let known: BTreeSet<&str> = UNITS.iter().map(|(unit, ..)| *unit).collect();
        assert_eq!(
            units.difference(&known).collect::<Vec<_>>(),
            Vec::<&&str>::new()
        );
    }
}
