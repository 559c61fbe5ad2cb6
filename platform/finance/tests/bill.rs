//! Reading and keeping bills.

use std::collections::BTreeMap;

use bella_finance::About;
use bella_finance::bill::{
    Answer, Archive, BadAnswer, BadFetch, Fetch, Line, Metric, Question, Record, Sums, read,
};
use bella_finance::windows::Window;
use jiff::civil::Date;
use rust_decimal::Decimal;

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn usd(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn answer(keys: [&str; 2], cost: &str, currency: &str, quantity: &str) -> Answer {
    let metric = |amount: &str, unit: &str| Metric {
        amount: Some(amount.to_owned()),
        unit: Some(unit.to_owned()),
    };
    Answer {
        start: "2026-11-30".to_owned(),
        end: "2026-12-01".to_owned(),
        estimated: true,
        keys: keys.map(str::to_owned).to_vec(),
        metrics: BTreeMap::from([
            ("UnblendedCost".to_owned(), metric(cost, currency)),
            ("AmortizedCost".to_owned(), metric(cost, currency)),
            ("UsageQuantity".to_owned(), metric(quantity, "Hrs")),
        ]),
    }
}

#[test]
fn answers_become_lines() {
    let services = BTreeMap::from([(
        "CAN1-LoadBalancerUsage".to_owned(),
        "Amazon Elastic Load Balancing".to_owned(),
    )]);
    let used = [
        answer(
            ["CAN1-LoadBalancerUsage", "bella:stack$bella-prod"],
            "0.594",
            "USD",
            "24",
        ),
        answer(
            ["CAN1-LoadBalancerUsage", "bella:stack$"],
            "1.2E-7",
            "USD",
            "1",
        ),
        answer(["Nothing", "bella:stack$bella-prod"], "0", "USD", "0"),
        answer(["EUC1-Box", "bella:stack$bella-prod"], "3", "EUR", "1"),
    ];
    let used = read(Question::Usage, &used, &services).expect("is read");
    assert_eq!(used.lines.len(), 3);
    assert_eq!(
        used.lines[0].service.as_deref(),
        Some("Amazon Elastic Load Balancing")
    );
    assert_eq!(used.lines[0].stack.as_deref(), Some("bella-prod"));
    assert_eq!(used.lines[1].stack, None);
    assert_eq!(used.lines[1].unblended, usd("0.00000012"));
    assert_eq!(used.findings.len(), 1);
    assert_eq!(used.findings[0].about, About::Currency);

    let apart = [
        answer(["Credit", "bella:stack$bella-prod"], "-0.4", "USD", "0"),
        answer(["Tax", "bella:stack$"], "0.08", "USD", "0"),
        answer(["Refund", "bella:stack$"], "-0.01", "USD", "0"),
    ];
    let apart = read(Question::Apart, &apart, &services).expect("is read");
    let sums: Sums = used.lines.iter().chain(&apart.lines).collect();
    assert_eq!(sums.run_rate, usd("0.59400012"), "euros are in no sum");
    assert_eq!(
        (sums.credits, sums.refunds, sums.tax),
        (usd("-0.4"), usd("-0.01"), usd("0.08"))
    );
    assert_eq!(sums.net(), usd("0.26400012"));
    assert!(sums.estimated);
}

#[test]
fn what_is_malformed_is_refused_whole() {
    let good = answer(["A", "bella:stack$a"], "1", "USD", "1");
    let refused = |change: &dyn Fn(&mut Answer)| {
        let mut bad = good.clone();
        change(&mut bad);
        read(Question::Usage, &[good.clone(), bad], &BTreeMap::new()).expect_err("is refused")
    };
    assert!(matches!(
        refused(&|a| a.end = "2026-12-02".into()),
        BadAnswer::Day { .. }
    ));
    assert!(matches!(
        refused(&|a| a.start = "yesterday".into()),
        BadAnswer::Day { .. }
    ));
    assert!(matches!(
        refused(&|a| a.end = a.start.clone()),
        BadAnswer::Day { .. }
    ));
    assert!(matches!(
        refused(&|a| a.keys.truncate(1)),
        BadAnswer::Keys { .. }
    ));
    assert!(matches!(
        refused(&|a| a.keys[1] = "a".into()),
        BadAnswer::Keys { .. }
    ));
    for amount in [
        None,
        Some(""),
        Some("NaN"),
        Some("1,00"),
        Some("9e99"),
        Some("--1"),
    ] {
        let error = refused(&|a| {
            a.metrics.entry("UnblendedCost".into()).or_default().amount = amount.map(str::to_owned);
        });
        assert!(matches!(error, BadAnswer::Amount { .. }), "{amount:?}");
    }
    let error = refused(&|a| {
        a.metrics.remove("UsageQuantity");
    });
    assert_eq!(
        error.to_string(),
        "Cost Explorer answered 2026-11-30 A bella:stack$a with UsageQuantity ``, which is no amount"
    );
}

fn line(day: &str, cost: &str) -> Line {
    Line {
        day: date(day),
        service: None,
        usage_type: "CAN1-NatGateway-Hours".to_owned(),
        stack: Some("bella-prod".to_owned()),
        record: Record::Usage,
        unblended: usd(cost),
        amortized: usd(cost),
        quantity: Decimal::from(24),
        unit: "Hrs".to_owned(),
        currency: "USD".to_owned(),
        estimated: true,
    }
}

fn fetch(at: &str, from: &str, to: &str, lines: &[(&str, &str)]) -> Fetch {
    Fetch {
        at: at.parse().expect("a moment"),
        window: Window::new(date(from), date(to)).expect("days"),
        lines: lines.iter().map(|(day, cost)| line(day, cost)).collect(),
    }
}

fn total(archive: &Archive) -> Decimal {
    let all = Window::new(date("2026-01-01"), date("2027-01-01")).expect("days");
    archive.lines(all).collect::<Sums>().net()
}

#[test]
fn open_days_are_restated_and_old_ones_frozen() {
    let mut archive = Archive::default();
    let first = fetch(
        "2026-11-02T06:00:00Z",
        "2026-11-01",
        "2026-11-03",
        &[("2026-11-01", "1.00"), ("2026-11-02", "0.20")],
    );
    assert_eq!(archive.import(first.clone()), Ok(vec![]));
    let once = archive.clone();
    assert_eq!(archive.import(first.clone()), Ok(vec![]));
    assert_eq!(archive, once, "the same fetch again changes nothing");
    assert_eq!(total(&archive), usd("1.20"));

    // A later fetch restates, and what it does not have any more is gone.
    let second = fetch(
        "2026-11-03T06:00:00Z",
        "2026-11-01",
        "2026-11-04",
        &[("2026-11-01", "1.10")],
    );
    assert_eq!(archive.import(second), Ok(vec![]));
    assert_eq!(total(&archive), usd("1.10"));
    let restated = archive.clone();
    assert_eq!(
        archive.import(first),
        Ok(vec![]),
        "an older fetch changes nothing"
    );
    assert_eq!(archive, restated);

    // 72 hours after the day's end it is frozen by the fetch that sees it then.
    assert!(archive.is_open(date("2026-11-01")));
    let third = fetch(
        "2026-11-05T00:00:00Z",
        "2026-11-01",
        "2026-11-03",
        &[("2026-11-01", "1.20"), ("2026-11-02", "1.30")],
    );
    assert_eq!(archive.import(third), Ok(vec![]));
    assert!(!archive.is_open(date("2026-11-01")) && archive.is_open(date("2026-11-02")));
    let late = fetch(
        "2026-11-09T00:00:00Z",
        "2026-11-01",
        "2026-11-03",
        &[("2026-11-01", "5.00"), ("2026-11-02", "1.40")],
    );
    let findings = archive.import(late).expect("is taken");
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].about, findings[0].subject.as_str()),
        (About::RestatedLate, "2026-11-01")
    );
    assert_eq!(total(&archive), usd("2.60"));
    let days = Window::new(date("2026-10-31"), date("2026-11-05")).expect("days");
    let missing: Vec<String> = archive.missing(days).map(|day| day.to_string()).collect();
    assert_eq!(
        missing,
        ["2026-10-31", "2026-11-04"],
        "the 3rd was fetched and had nothing"
    );
    let text = serde_json::to_string(&archive).expect("is written");
    assert_eq!(serde_json::from_str::<Archive>(&text).ok(), Some(archive));
}

#[test]
fn a_fetch_that_contradicts_itself_changes_nothing() {
    let mut archive = Archive::default();
    let at = "2026-11-02T06:00:00Z";
    let outside = fetch(at, "2026-11-01", "2026-11-02", &[("2026-11-02", "1")]);
    assert!(matches!(
        archive.import(outside),
        Err(BadFetch::Outside { .. })
    ));
    let twice = fetch(
        at,
        "2026-11-01",
        "2026-11-02",
        &[("2026-11-01", "1"), ("2026-11-01", "1")],
    );
    assert!(matches!(archive.import(twice), Err(BadFetch::Twice { .. })));
    let ahead = fetch(at, "2026-11-01", "2026-11-04", &[("2026-11-03", "1")]);
    assert!(matches!(archive.import(ahead), Err(BadFetch::Clock { .. })));
    assert_eq!(archive, Archive::default());
}
