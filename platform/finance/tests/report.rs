//! The document that every format is made of.

mod sample;

use bella_finance::report::{Report, together};
use bella_finance::variable::{Calls, Tariff, variable};

#[test]
fn the_document_is_what_its_schema_says() {
    let schema = Report::schema();
    let json = serde_json::to_value(sample::report()).expect("it is JSON");
    let properties = schema
        .get("properties")
        .and_then(|all| all.as_object())
        .expect("properties");
    let object = json.as_object().expect("an object");
    assert_eq!(
        properties.keys().collect::<std::collections::BTreeSet<_>>(),
        object.keys().collect()
    );
}

#[test]
fn the_days_of_stacks_add_up() {
    let report = sample::report();
    let series: Vec<_> = report
        .stacks
        .iter()
        .map(|line| line.series.as_slice())
        .collect();
    let all = together(&series);
    assert_eq!(all.len(), 30);
    assert_eq!(all[29].budget_usd, sample::usd("180"));
    assert_eq!(
        all[9].billed_usd,
        series[0][9]
            .billed_usd
            .zip(series[1][9].billed_usd)
            .map(|(one, two)| one + two)
    );
    assert!(all[11].billed_usd.is_none() && all[11].forecast.is_some());
}

/// The service's own test holds its answer to the same file.
#[test]
fn the_services_answer_is_understood() {
    let answer = include_str!("../../../service/tests/fixtures/usage.json");
    let calls: Calls = serde_json::from_str(answer).expect("what calls used");
    assert_eq!((calls.calls, calls.bookings), (3, 1));
    let tariff = include_str!("../../../service/src/tariff/tariff.json");
    let tariff = Tariff::read(tariff).expect("the service's tariff");
    let found = variable(&calls, &tariff, sample::usd("1"));
    assert_eq!(found.unknown, Vec::<String>::new());
    // 3 × .0085 + 7 × .02 + 2 × .0025 + .0083 + .007 + 1.5 × .006
    assert_eq!(found.usd, sample::usd("0.1948"));
}
