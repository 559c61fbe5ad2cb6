//! A year of bills with known anomalies, replayed day by day.

use std::collections::{BTreeMap, BTreeSet};

use bella_engine::address::Address;
use bella_engine::cost::{Confidence, Price, PriceBook, PriceKey};
use bella_engine::usage::Quantity;
use bella_finance::anomaly::anomalies;
use bella_finance::bill::{Archive, Fetch, Line, Record, Sums};
use bella_finance::meter::{Dated, Life, Meter, State, Step, Witness};
use bella_finance::reconcile::{Agreement, reconcile};
use bella_finance::synthetic::{Known, Year, year};
use bella_finance::windows::{Window, open};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

fn start() -> Date {
    "2026-01-01".parse().expect("a date")
}

fn moment(day: Date, hour: i8) -> Timestamp {
    TimeZone::UTC
        .to_timestamp(day.at(hour, 0, 0, 0))
        .expect("a moment")
}

/// Every anomaly is found on the day it was, and nothing else is called one.
#[test]
fn what_went_wrong_is_found_and_nothing_else() {
    for seed in [1, 7, 20_261_123, u64::MAX] {
        let Year {
            window,
            lines,
            known,
        } = year(start(), seed);
        let mut found = Vec::new();
        for day in window.days() {
            let today = Window::new(day, day.tomorrow().expect("a day")).expect("a day");
            let since = day.saturating_sub(jiff::Span::new().days(56));
            let seen = lines
                .iter()
                .filter(|line| since <= line.day && line.day <= day);
            found.extend(anomalies(seen.filter_map(Line::cost), start(), today).0);
        }
        let found: BTreeSet<Known> = found
            .into_iter()
            .map(|one| Known {
                day: one.day,
                stack: one.stack.unwrap_or_default(),
                usage_type: one.usage_type,
            })
            .collect();
        assert_eq!(found, known.into_iter().collect(), "seed {seed}");
    }
}

#[test]
fn too_little_history_is_said() {
    let Year { lines, .. } = year(start(), 1);
    let first_days = Window::new(start(), "2026-01-05".parse().expect("a date")).expect("days");
    let (found, findings) = anomalies(lines.iter().filter_map(Line::cost), start(), first_days);
    assert_eq!(found, []);
    assert_eq!(findings.len(), 1);
}

/// Fetched every morning as it would be, with days that are still incomplete, the archive ends up as
/// the bill, however often a fetch is repeated.
#[test]
fn a_year_of_fetches_is_the_bill() {
    let Year { window, lines, .. } = year(start(), 3);
    let mut archive = Archive::default();
    for today in window.days() {
        let asked = open(today).expect("days");
        let partly = |line: &Line| {
            // What AWS has not counted yet of the last two days.
            let fresh = line.day >= today.yesterday().expect("a day");
            let part = if fresh {
                Decimal::new(6, 1)
            } else {
                Decimal::ONE
            };
            Line {
                unblended: line.unblended * part,
                amortized: line.amortized * part,
                estimated: fresh,
                ..line.clone()
            }
        };
        let told = lines
            .iter()
            .filter(|line| asked.contains(line.day) && line.day <= today);
        let fetch = Fetch {
            at: moment(today, 6),
            window: asked,
            lines: told.map(partly).collect(),
        };
        assert_eq!(archive.import(fetch.clone()), Ok(vec![]));
        if today.day() % 7 == 0 {
            let before = archive.clone();
            assert_eq!(archive.import(fetch), Ok(vec![]));
            assert_eq!(archive, before);
        }
    }
    let settled = Window::new(start(), "2026-12-27".parse().expect("a date")).expect("days");
    let kept: Sums = archive.lines(settled).collect();
    let billed: Sums = lines
        .iter()
        .filter(|line| settled.contains(line.day))
        .collect();
    assert_eq!(kept, billed);
    assert_eq!(kept.credits, Decimal::from(-240));
    assert_eq!(kept.tax, Decimal::from(108));
    assert!(!kept.estimated);
}

/// What the meter of a year's hours says of each usage type it can measure is within 2 % of the bill.
#[test]
fn the_meter_agrees_with_the_bill() {
    let Year {
        window,
        lines,
        known,
    } = year(start(), 11);
    let dates: BTreeSet<Date> = known.iter().map(|known| known.day).collect();
    let ordinary: Vec<&Line> = lines
        .iter()
        .filter(|line| line.stack.as_deref() == Some("bella-prod") && !dates.contains(&line.day))
        .collect();
    let priced = [
        (
            "AmazonECS",
            "Fargate-ARM-vCPU-Hours:perCPU",
            "0.03565",
            "ecs_service.service",
        ),
        (
            "AmazonRDS",
            "InstanceUsage:db.t4g.micro",
            "0.018",
            "db_instance.main",
        ),
        (
            "AWSELB",
            "LoadBalancerUsage",
            "0.02475",
            "load_balancer.public",
        ),
    ];
    let book = PriceBook::new("ca-central-1", priced.map(price), Vec::new());
    let lives = priced.map(|(service, usage_type, _, address)| {
        let hourly = Quantity::new("it", Decimal::ONE, "hour", service, usage_type);
        Life {
            address: Address::parse(address).expect("an address"),
            created: None,
            steps: vec![Step {
                at: moment(start(), 0) - SignedDuration::from_hours(100),
                by: Witness::Aws,
                state: State::Uses(vec![hourly]),
            }],
            present: None,
        }
    });
    let prices = [Dated {
        since: Timestamp::MIN,
        book: &book,
    }];
    let now = moment(window.end(), 12);
    let meter = Meter {
        lives: &lives,
        prices: &prices,
        now,
    };
    let mut metered: BTreeMap<String, Decimal> = BTreeMap::new();
    for day in window.days().filter(|day| !dates.contains(day)) {
        let next = day.tomorrow().expect("a day");
        for (usage_type, usd) in meter
            .between(moment(day, 0), moment(next, 0))
            .by_usage_type()
        {
            *metered.entry(usage_type).or_default() += usd;
        }
    }
    let found = reconcile(&metered, ordinary);
    assert_eq!(found.len(), 5);
    for one in &found {
        let is_metered = metered.contains_key(&one.usage_type);
        let want = if is_metered {
            Agreement::Within
        } else {
            Agreement::NotMetered
        };
        assert_eq!(one.agreement, want, "{one:?}");
        assert!(
            !is_metered
                || one
                    .percent
                    .is_some_and(|percent| percent.abs() <= Decimal::TWO)
        );
    }
    // A bill that is 3 % more is beyond.
    let dearer: Vec<Line> = lines
        .iter()
        .filter(|line| line.usage_type == "CAN1-LoadBalancerUsage")
        .map(|line| Line {
            unblended: line.unblended * Decimal::new(1031, 3),
            record: Record::Usage,
            ..line.clone()
        })
        .collect();
    let all = meter
        .between(moment(start(), 0), moment(window.end(), 0))
        .by_usage_type();
    let beyond = reconcile(&all, &dearer);
    let balancer = beyond
        .iter()
        .find(|one| one.usage_type == "CAN1-LoadBalancerUsage");
    let balancer = balancer.expect("the balancer's");
    assert_eq!(balancer.agreement, Agreement::Beyond);
    assert_eq!(balancer.percent, Some(Decimal::new(-301, 2)));
}

fn price((service, usage_type, usd, _): (&str, &str, &str, &str)) -> (PriceKey, Price) {
    let key = PriceKey {
        service: service.to_owned(),
        usage_type: usage_type.to_owned(),
        tier: String::new(),
    };
    let price = Price {
        unit: "hour".to_owned(),
        usd: usd.parse().expect("an amount"),
        billed_as: format!("CAN1-{usage_type}"),
        source: "a list".to_owned(),
        as_of: None,
        confidence: Confidence::High,
    };
    (key, price)
}

/// Months that are long over are kept as one, and come to the same.
#[test]
fn old_months_are_folded_without_a_cent_lost() {
    let Year { window, lines, .. } = year(start(), 3);
    let mut archive = Archive::default();
    let at = moment("2027-03-01".parse().expect("a date"), 6);
    let fetch = Fetch { at, window, lines };
    archive.import(fetch.clone()).expect("a bill");
    let whole = archive.clone();
    let day: Date = "2026-11-15".parse().expect("a date");
    archive.fold(day);
    assert_eq!(archive.daily_since(), Some(day));
    for month in 1..=12 {
        let first: Date = jiff::civil::date(2026, month, 1);
        let month = bella_finance::windows::month_of(first).expect("a month");
        let sums = |archive: &Archive| {
            let mut sums: BTreeMap<(Option<String>, String), Sums> = BTreeMap::new();
            for line in archive.lines(month) {
                let own: Sums = [&line].into_iter().collect();
                let sum = sums
                    .entry((line.stack.clone(), line.usage_type.clone()))
                    .or_default();
                sum.run_rate += own.run_rate;
                sum.tax += own.tax;
                sum.credits += own.credits;
                sum.refunds += own.refunds;
            }
            sums
        };
        assert_eq!(sums(&archive), sums(&whole), "{first}");
        let count = archive.lines(month).count();
        assert_eq!(
            count < 12,
            first < day.first_of_month(),
            "{first}: {count} lines"
        );
        assert_eq!(archive.missing(month).count(), 0);
    }
    let folded = archive.clone();
    archive.fold(day);
    assert_eq!(archive, folded, "twice is once");
    // A month of which a day may still move stays as it is.
    let mut young = Archive::default();
    let at = moment("2026-02-01".parse().expect("a date"), 6);
    let window = bella_finance::windows::month_of(start()).expect("a month");
    let lines = fetch
        .lines
        .into_iter()
        .filter(|line| window.contains(line.day))
        .collect();
    young.import(Fetch { at, window, lines }).expect("a bill");
    let before = young.clone();
    young.fold("2026-02-15".parse().expect("a date"));
    assert_eq!(young, before);
}
