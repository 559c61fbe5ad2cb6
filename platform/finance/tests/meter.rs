//! What accrues, to the second.

use bella_engine::address::Address;
use bella_engine::cost::{Confidence, Price, PriceBook, PriceKey};
use bella_engine::usage::Quantity;
use bella_finance::About;
use bella_finance::meter::{Dated, Life, Meter, State, Step, Witness};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn usd(text: &str) -> Decimal {
    text.parse().expect("an amount")
}

fn book(prices: &[(&str, &str, &str)], as_of: &str) -> PriceBook {
    let prices = prices.iter().map(|(service, usage_type, price)| {
        let key = PriceKey {
            service: (*service).to_owned(),
            usage_type: (*usage_type).to_owned(),
            tier: String::new(),
        };
        let price = Price {
            unit: "hour".to_owned(),
            usd: usd(price),
            billed_as: format!("CAN1-{usage_type}"),
            source: "a list".to_owned(),
            as_of: as_of.parse::<Date>().ok(),
            confidence: Confidence::High,
        };
        (key, price)
    });
    PriceBook::new("ca-central-1", prices, Vec::new())
}

fn all(price: &str, as_of: &str) -> PriceBook {
    book(
        &[
            ("AWSELB", "LoadBalancerUsage", price),
            ("AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU", price),
            ("AmazonRDS", "InstanceUsage:db.t4g.micro", price),
        ],
        as_of,
    )
}

fn uses(service: &'static str, usage_type: &str, hourly: &str) -> State {
    State::Uses(vec![Quantity::new(
        "it",
        usd(hourly),
        "hour",
        service,
        usage_type,
    )])
}

fn task(hourly: &str) -> State {
    uses("AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU", hourly)
}

fn life(address: &str, steps: Vec<(&str, State)>) -> Life {
    let steps = steps.into_iter().map(|(when, state)| Step {
        at: at(when),
        by: Witness::Ledger,
        state,
    });
    Life {
        address: Address::parse(address).expect("an address"),
        created: None,
        steps: steps.collect(),
        present: None,
    }
}

/// Dollars and findings of November up to `now`, at prices of 1 until the given change.
fn read(lives: &[Life], later: Option<(&str, &str)>, now: &str) -> (Decimal, Vec<About>) {
    let one = all("1", "2026-10-01");
    let other = later.map(|(since, price)| (at(since), all(price, "2026-11-01")));
    let mut prices = vec![Dated {
        since: Timestamp::MIN,
        book: &one,
    }];
    prices.extend(other.iter().map(|(since, book)| Dated {
        since: *since,
        book,
    }));
    let meter = Meter {
        lives,
        prices: &prices,
        now: at(now),
    };
    let read = meter.between(at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let about = read.findings.iter().map(|finding| finding.about);
    (read.usd().round_dp(6).normalize(), about.collect())
}

#[test]
fn time_times_quantity_times_price() {
    let resized = life(
        "ecs_service.service",
        vec![
            ("2026-11-10T00:00:00Z", task("0.5")),
            ("2026-11-10T02:00:00Z", task("1")),
            ("2026-11-10T03:00:00Z", State::Uses(vec![])),
            ("2026-11-10T05:00:00Z", task("1")),
            ("2026-11-10T05:30:01Z", State::Gone),
        ],
    );
    let now = "2026-11-10T12:00:00Z";
    let half_hour = usd("1801") / usd("3600");
    let want = (usd("2") + half_hour).round_dp(6);
    assert_eq!(
        read(std::slice::from_ref(&resized), None, now),
        (want, vec![])
    );
    // Twice the price from the middle of the second size on.
    let dearer = (usd("1") + usd("0.5") + usd("1") + half_hour * usd("2")).round_dp(6);
    let change = Some(("2026-11-10T02:30:00Z", "2"));
    assert_eq!(
        read(std::slice::from_ref(&resized), change, now),
        (dearer, vec![])
    );
    // To this second.
    let early = read(&[resized], None, "2026-11-10T02:00:36Z");
    assert_eq!(early, (usd("1.01"), vec![About::Clock; 3]));
}

#[test]
fn begun_hours_minutes_and_months() {
    let balancer = |from, to| {
        let state = uses("AWSELB", "LoadBalancerUsage", "1");
        life(
            "load_balancer.public",
            vec![(from, state), (to, State::Gone)],
        )
    };
    let now = "2026-11-20T00:00:00Z";
    let billed = |one: Life| read(&[one], None, now).0;
    assert_eq!(
        billed(balancer("2026-11-10T00:10:00Z", "2026-11-10T00:30:00Z")),
        usd("1")
    );
    assert_eq!(
        billed(balancer("2026-11-10T00:10:00Z", "2026-11-10T01:10:01Z")),
        usd("2")
    );
    let database = life(
        "db_instance.main",
        vec![
            (
                "2026-11-10T00:00:00Z",
                uses("AmazonRDS", "InstanceUsage:db.t4g.micro", "1"),
            ),
            ("2026-11-10T00:01:00Z", State::Gone),
        ],
    );
    assert_eq!(billed(database), usd("0.166667"), "at least ten minutes");
    // October's part is not November's.
    assert_eq!(
        billed(balancer("2026-10-31T22:00:00Z", "2026-11-01T01:00:00Z")),
        usd("1")
    );
}

/// A run through a night in which the clock is put back is 25 hours long, forward 23.
#[test]
fn days_of_23_and_25_hours() {
    let day = |from, to| {
        let zone = jiff::tz::TimeZone::get("America/Toronto").expect("a zone");
        let moment = |text: &str| {
            let civil: jiff::civil::DateTime = text.parse().expect("a time");
            zone.to_timestamp(civil).expect("a moment").to_string()
        };
        let (from, to) = (moment(from), moment(to));
        let one = life(
            "ecs_service.service",
            vec![(&from, task("1")), (&to, State::Gone)],
        );
        let prices = all("1", "2026-01-01");
        let prices = [Dated {
            since: Timestamp::MIN,
            book: &prices,
        }];
        let lives = [one];
        let meter = Meter {
            lives: &lives,
            prices: &prices,
            now: at("2027-06-01T00:00:00Z"),
        };
        meter.between(Timestamp::MIN, Timestamp::MAX).usd()
    };
    assert_eq!(day("2026-11-01T00:00", "2026-11-02T00:00"), usd("25"));
    assert_eq!(day("2027-03-14T00:00", "2027-03-15T00:00"), usd("23"));
    assert_eq!(day("2026-11-02T00:00", "2026-11-03T00:00"), usd("24"));
}

#[test]
fn what_the_ledger_lost_is_counted_from_awss_timestamp_and_said() {
    let now = "2026-11-10T12:00:00Z";
    let mut lost = life("ecs_service.service", vec![]);
    lost.present = Some(task("1"));
    assert_eq!(
        read(&[lost.clone()], None, now),
        (usd("0"), vec![About::UnknownInterval])
    );
    lost.created = Some(at("2026-11-10T02:00:00Z"));
    assert_eq!(
        read(&[lost.clone()], None, now),
        (usd("10"), vec![About::UnknownInterval])
    );
    // The ledger begins late: before that, as it was then.
    let mut late = life(
        "ecs_service.service",
        vec![("2026-11-10T08:00:00Z", task("1"))],
    );
    late.created = Some(at("2026-11-10T02:00:00Z"));
    assert_eq!(
        read(&[late.clone()], None, now),
        (usd("10"), vec![About::UnknownInterval])
    );
    // That AWS created it minutes before the event is how creating goes.
    late.created = Some(at("2026-11-10T07:50:00Z"));
    let (spent, findings) = read(&[late], None, now);
    assert_eq!((spent.round_dp(2), findings), (usd("4.17"), vec![]));
    // Clocks.
    lost.created = Some(at("2026-11-10T13:00:00Z"));
    assert_eq!(read(&[lost], None, now), (usd("0"), vec![About::Clock]));
    let early = life(
        "ecs_service.service",
        vec![("2026-11-11T00:00:00Z", task("1"))],
    );
    assert_eq!(read(&[early], None, now), (usd("0"), vec![About::Clock]));
}

#[test]
fn what_has_no_price_or_one_of_the_future_is_said() {
    let now = at("2026-11-10T12:00:00Z");
    let lives = [life(
        "nat_gateway.a",
        vec![(
            "2026-11-10T00:00:00Z",
            uses("AmazonEC2", "NatGateway-Hours", "1"),
        )],
    )];
    let priced = all("1", "2026-01-01");
    let dated = |book| {
        [Dated {
            since: Timestamp::MIN,
            book,
        }]
    };
    let metered = |prices: &[Dated<'_>], lives: &[Life]| {
        Meter { lives, prices, now }.between(Timestamp::MIN, now)
    };
    let none = metered(&dated(&priced), &lives);
    assert!(none.lines.is_empty());
    assert_eq!(none.findings[0].about, About::Unpriced);
    assert!(
        none.findings[0]
            .text
            .starts_with("used 12 hour of it, which is in no total")
    );
    assert_eq!(metered(&[], &lives).findings[0].about, About::Unpriced);

    let tomorrow = all("1", "2026-11-12");
    let lives = [life(
        "ecs_service.a",
        vec![("2026-11-10T00:00:00Z", task("1"))],
    )];
    let read = metered(&dated(&tomorrow), &lives);
    assert_eq!(read.usd(), usd("12"));
    assert_eq!(read.findings[0].about, About::PriceFromFuture);
}
